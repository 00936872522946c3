"""An AWS that checks signatures and permissions: the emulator with its access control switched on.

It looks at actions only, not at resources; `allows` judges by both."""
import fnmatch
import json
import urllib.parse
import urllib.request
from contextlib import contextmanager
from waiting import PATIENCE

# The emulator names actions after the signing name, where AWS's own name differs.
EMULATOR_NAMES = {"cloudwatch": "monitoring"}


@contextmanager
def access_control(company):
    """While active, only known users may act, as their policies allow; `company` itself becomes an administrator."""
    admin = make_user(company, "admin", {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    company.sign_in(admin["AWS_ACCESS_KEY_ID"], admin["AWS_SECRET_ACCESS_KEY"])
    _check_after(company, 0)
    try:
        yield
    finally:
        _check_after(company, float("inf"))
        company.sign_in()


def make_user(company, name, policy):
    """Creates a user with this policy; returns their keys as environment variables."""
    iam = company.client("iam", "us-east-1")
    iam.create_user(UserName=name)
    allow(company, name, policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


def allow(company, name, policy):
    """Replaces the user's policy, as far as the emulator supports it: by actions."""
    text = json.dumps({**policy, "Statement": [{**statement, "Resource": "*"} for statement in policy["Statement"]]})
    for service, emulators in EMULATOR_NAMES.items():
        text = text.replace(f'"{service}:', f'"{emulators}:')
    company.client("iam", "us-east-1").put_user_policy(UserName=name, PolicyName="doze", PolicyDocument=text)


def _check_after(company, count):
    request = urllib.request.Request(f"{company.endpoint}/moto-api/reset-auth", data=str(count).encode(), method="POST",
                                     headers={"Content-Type": "text/plain"})
    urllib.request.urlopen(request, timeout=PATIENCE).close()


# -- policies ---------------------------------------------------------------------------------------------------------

def actions(policy):
    return [action for statement in policy["Statement"] for action in statement["Action"]]


def without(policy, action):
    """The policy without one action."""
    statements = [{**statement, "Action": [one for one in statement["Action"] if one != action]}
                  for statement in policy["Statement"]]
    return {**policy, "Statement": [statement for statement in statements if statement["Action"]]}


def allows(policy, action, resource):
    """Whether IAM would allow this. Understands what `doze iam-policy` writes, not all of the language."""
    return any(action in statement["Action"] and any(fnmatch.fnmatchcase(resource, one) for one in statement["Resource"])
               for statement in policy["Statement"])


def asked_for(call, account="123456789012"):
    """What IAM looks at in a call that went by: (action, ARN) for each resource that the call changes, else one with the
    ARN "*"."""
    arn = f"arn:aws:{call.service}:{call.region}:{account}:"
    if call.operation in ("StopInstances", "StartInstances"):
        form = urllib.parse.parse_qs(call.body)
        names = [f"instance/{value}" for key, values in form.items() if key.startswith("InstanceId.") for value in values]
    elif call.operation == "UpdateService":
        body = json.loads(call.body)
        names = [f"service/{body['cluster']}/{body['service']}"]
    elif call.operation in ("UpdateAutoScalingGroup", "SuspendProcesses", "ResumeProcesses"):
        group = urllib.parse.parse_qs(call.body)["AutoScalingGroupName"][0]
        names = [f"autoScalingGroup:0ab12345:autoScalingGroupName/{group}"]
    elif call.operation in ("StopDBInstance", "StartDBInstance"):
        names = [f"db:{urllib.parse.parse_qs(call.body)['DBInstanceIdentifier'][0]}"]
    elif call.operation in ("StopDBCluster", "StartDBCluster"):
        names = [f"cluster:{urllib.parse.parse_qs(call.body)['DBClusterIdentifier'][0]}"]
    elif call.operation == "UpdateNodegroupConfig":
        _, _, cluster, _, group, _ = call.path.split("/")
        names = [f"nodegroup/{cluster}/{group}/0ab12345-0000-0000-0000-000000000000"]
    else:
        return [(f"{aws_name(call.service)}:{call.operation}", "*")]
    return [(f"{call.service}:{call.operation}", arn + name) for name in names]


def aws_name(service):
    return next((name for name, emulators in EMULATOR_NAMES.items() if emulators == service), service)
