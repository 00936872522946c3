"""doze's signatures against botocore's, on the raw request: what is checked is what would go over the wire.

(In all other end-to-end tests each request that doze really sent is checked so too: see the fixture `proxy`.)"""
import random
import urllib.parse
from datetime import datetime, timezone

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from probe import ask

AT = datetime(2026, 3, 1, 23, 59, 59, tzinfo=timezone.utc)
FORM = ["Content-Type", "application/x-www-form-urlencoded; charset=utf-8"]
ARN = "arn:aws:eks:eu-west-1:123456789012:nodegroup/dev/workers/1-2"



def form(service, version, action, **parameters):
    body = urllib.parse.urlencode({"Action": action, "Version": version, **parameters}, quote_via=urllib.parse.quote)
    return {"service": service, "method": "POST", "host": f"{service}.eu-west-1.amazonaws.com", "headers": [FORM],
            "body": body}


def json11(service, target, body):
    return {"service": service, "method": "POST", "host": f"{service}.eu-west-1.amazonaws.com", "body": body,
            "headers": [["X-Amz-Target", target], ["Content-Type", "application/x-amz-json-1.1"]]}


# Every kind of request that doze makes, as awkward as names may be; then what could go wrong in each part of a request.
KINDS = {
    "EC2 list": form("ec2", "2016-11-15", "DescribeInstances", MaxResults=1000, NextToken="a=/b+ c=="),
    "EC2 tags": {**form("ec2", "2016-11-15", "CreateTags",
                        **{"ResourceId.1": "i-0abc", "Tag.1.Key": "doze:asleep", "Tag.1.Value": "개발 & é=1+1 🐢"})},
    "STS role": form("sts", "2011-06-15", "AssumeRole", RoleArn="arn:aws:iam::123456789012:role/a+b=c,d.e@f-g",
                     RoleSessionName="doze", ExternalId="a/b:c=d+e"),
    "Auto Scaling": form("autoscaling", "2011-01-01", "UpdateAutoScalingGroup", AutoScalingGroupName="그룹 1/&=%",
                         MinSize=0),
    "RDS": form("rds", "2014-10-31", "StopDBInstance", DBInstanceIdentifier="dev-db"),
    "CloudWatch": form("monitoring", "2010-08-01", "GetMetricData", StartTime="2026-03-01T00:00:00+00:00"),
    "ECS": json11("ecs", "AmazonEC2ContainerServiceV20141113.UpdateService", '{"cluster": "개발", "desiredCount": 0}'),
    "Application Auto Scaling": json11("application-autoscaling", "AnyScaleFrontendService.RegisterScalableTarget",
                                       '{"ResourceId": "service/a b/c\\u00e9"}'),
    "EKS list": {"path": ["clusters", "dev", "node-groups"], "query": [["nextToken", "=/+ é"], ["maxResults", "100"]]},
    "EKS update": {"path": ["clusters", "dev", "node-groups", "a_b-c", "update-config"], "method": "POST",
                   "headers": [["Content-Type", "application/json"]], "body": '{"scalingConfig": {"minSize": 0}}'},
    "EKS tags taken away": {"method": "DELETE", "path": ["tags", ARN], "query": [["tagKeys", "doze:restore"],
                                                                                 ["tagKeys", "doze:asleep"]]},
}
CASES = {
    **KINDS,
    **{f"{name}, with a session": {**case, "session_token": "IQoJb3JpZ2luX2VjE//=+" * 40}
       for name, case in KINDS.items()},
    **{f"{name}, by an endpoint with a port": {**case, "host": "127.0.0.1:5000"} for name, case in KINDS.items()},
    "nothing": {},
    "segments": {"path": ["clusters", "dev", "node-groups", "workers", "update-config"], "method": "POST", "body": "{}"},
    "an ARN in the path": {"path": ["tags", ARN]},
    "blanks and slashes": {"path": ["a b", "c/d", "e+f", "100%", "%41", "~._-"]},
    "Unicode path": {"path": ["클러스터", "naïve", "🐢"]},
    "special characters": {"path": ["!*'()", ";:@&=$,", "[]{}|\\^`\"<>#?"]},
    "query out of order": {"query": [["nextToken", "a=/b+ c=="], ["maxResults", "100"]]},
    "query of one name": {"query": [["k", "b"], ["k", "a"], ["K", "c"], ["k", ""]]},
    "query without values": {"query": [["flag", ""], ["a", "1"]]},
    "Unicode query": {"query": [["이름", "값 1"], ["é", "🐢"]]},
    "names that are prefixes": {"query": [["a-b", "1"], ["a", "2"], ["a b", "3"], ["aa", "4"]]},
    "session token": {"session_token": "IQoJb3JpZ2luX2VjE//=+" * 40},
    "port": {"host": "127.0.0.1:5000"},
    "blanks in headers": {"headers": [["X-Amz-Meta", "  a   b\tc  "], ["x-amz-a", ""]]},
    "headers not signed": {"headers": [["User-Agent", "doze"], ["Expect", "100-continue"]]},
    "other partition": {"host": "ec2.cn-north-1.amazonaws.com.cn", "region": "cn-north-1", "service": "ec2"},
}


def complete(case):
    return {"ask": "sign", "method": "GET", "host": "eks.eu-west-1.amazonaws.com", "path": [], "query": [], "headers": [], "body": "",
            "access_key_id": "AKIDEXAMPLE", "secret_access_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            "session_token": "", "region": "eu-west-1", "service": "eks", "time": int(AT.timestamp()), **case}


def botocores_headers(case, target):
    request = AWSRequest(method=case["method"], url=f"https://{case['host']}{target}", data=case["body"].encode())
    for name, value in case["headers"]:
        request.headers[name] = value
    # Where the URL can't say it: the port of https is 443.
    request.headers["Host"] = case["host"]
    credentials = Credentials(case["access_key_id"], case["secret_access_key"], case["session_token"] or None)
    botocore.auth.SigV4Auth(credentials, case["service"], case["region"]).add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


@pytest.fixture(autouse=True)
def one_moment(monkeypatch):
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: AT.replace(tzinfo=None))


def assert_same(case, ours):
    theirs = botocores_headers(case, ours["target"])
    added = {name.lower(): value for name, value in ours["headers"]}
    assert added["authorization"] == theirs["authorization"], case
    assert added["x-amz-date"] == theirs["x-amz-date"]
    assert added.get("x-amz-security-token") == theirs.get("x-amz-security-token")


@pytest.mark.parametrize("name", CASES)
def test_botocore_signs_the_same(name):
    case = complete(CASES[name])
    assert_same(case, ask([case])[0])


def test_botocore_signs_thousands_of_random_requests_the_same():
    dice = random.Random(20260301)
    letters = "abzAZ019-._~ /%+&=?#:;,'\"!*()[]@$<>{}|\\^`\téü한글🐢\u0301"

    def word(shortest=0):
        return "".join(dice.choice(letters) for _ in range(dice.randint(shortest, 12)))

    def segment():
        # "." and ".." are names of nothing at AWS, and mean another path.
        return "s" + word()

    cases = [complete({"method": dice.choice(["GET", "POST", "PUT", "DELETE"]),
                       "path": [segment() for _ in range(dice.randint(0, 4))],
                       "query": [[word(1), word()] for _ in range(dice.randint(0, 5))],
                       "body": word(), "session_token": dice.choice(["", "token/+="]),
                       "service": dice.choice(["ec2", "ecs", "eks", "sts"])}) for _ in range(2000)]
    for case, ours in zip(cases, ask(cases), strict=True):
        assert_same(case, ours)


def test_another_secret_or_request_signs_otherwise():
    case = complete({})
    changes = {"secret_access_key": "wrong", "session_token": "another", "body": "more", "region": "eu-west-2",
               "service": "ecs", "time": case["time"] + 1, "host": "h", "headers": [["x-a", "b"]]}
    for name, value in changes.items():
        ours = ask([{**case, name: value}])[0]
        with pytest.raises(AssertionError):
            assert_same(case, ours)
