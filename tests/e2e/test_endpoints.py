"""doze's endpoints against botocore's rule sets: every service that doze asks, in every region there is."""
import itertools

import pytest
from botocore.endpoint_provider import EndpointProvider
from botocore.loaders import create_loader
from probe import ask

# As doze names them (by signing name), and botocore.
SERVICES = {"ec2": "ec2", "ecs": "ecs", "eks": "eks", "sts": "sts", "autoscaling": "autoscaling", "rds": "rds",
            "application-autoscaling": "application-autoscaling", "monitoring": "cloudwatch", "sso": "sso",
            "sso-oidc": "sso-oidc"}
LOADER = create_loader()
PARTITIONS = LOADER.load_data("partitions")
REGIONS = [region for partition in PARTITIONS["partitions"] for region in partition["regions"] if "global" not in region]


@pytest.mark.parametrize("service", SERVICES)
def test_are_those_of_the_rule_sets(service):
    rules = EndpointProvider(LOADER.load_service_model(SERVICES[service], "endpoint-rule-set-1"), PARTITIONS)
    known = {"UseGlobalEndpoint": False} if service == "sts" else {}
    cases = [{"ask": "endpoint", "service": service, "region": region, "fips": fips, "dual_stack": dual}
             for region, fips, dual in itertools.product([*REGIONS, "xx-future-9"], [False, True], [False, True])]
    assert len(cases) > 180
    for case, ours in zip(cases, ask(cases), strict=True):
        theirs = rules.resolve_endpoint(Region=case["region"], UseFIPS=case["fips"], UseDualStack=case["dual_stack"],
                                        **known)
        assert ours["origin"] == theirs.url, case
        # Signed for the region and under the name that doze signs with.
        for scheme in theirs.properties.get("authSchemes", []):
            assert scheme.get("signingRegion", case["region"]) == case["region"]


@pytest.mark.parametrize("region", ["us-east-1", "us-gov-west-1", "cn-north-1"])
def test_of_iam_are_those_of_its_home(region):
    rules = EndpointProvider(LOADER.load_service_model("iam", "endpoint-rule-set-1"), PARTITIONS)
    for fips, dual in [(False, False)] if region == "cn-north-1" else itertools.product([False, True], repeat=2):
        ours, = ask([{"ask": "endpoint", "service": "iam", "region": region, "fips": fips, "dual_stack": dual}])
        theirs = rules.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual)
        assert ours["origin"] == theirs.url
        assert theirs.properties["authSchemes"][0]["signingRegion"] == region


def test_are_signed_under_the_names_that_the_models_say():
    for ours, theirs in SERVICES.items():
        metadata = LOADER.load_service_model(theirs, "service-2")["metadata"]
        if not ours.startswith("sso"):  # These are asked unsigned.
            assert metadata.get("signingName", metadata["endpointPrefix"]) == ours
