"""How doze talks to AWS: by AWS's clock, at AWS's pace, over few connections, to whom it can trust."""
import datetime
import ssl

import pytest
from asleep import ASLEEP, AWAKE
from conftest import configure
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fault_proxy import FaultProxy
from waiting import wait_for


def test_a_wrong_clock_is_corrected_and_told_once(doze, company, proxy, screen):
    proxy.shift_clock(12 * 60)
    doze.start()
    wait_for(lambda: len(doze.items()) > 6, "doze has looked")
    doze.leave()
    wait_for(lambda: company.states() == ASLEEP, "everything registered sleeps")
    doze.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")
    assert doze.log().count("This machine's clock is 12 min behind AWS's") == 1
    # Only what was under way before the first refusal was in vain: on a slow machine the surveys of all regions.
    calls = proxy.calls()
    last_refusal = max(i for i, call in enumerate(calls) if call.status >= 400)
    assert last_refusal < 40 < len(calls), f"{last_refusal} of {len(calls)}"


def test_a_clock_that_jumps_meanwhile_is_followed(doze, company, proxy):
    doze.start()
    wait_for(lambda: len(doze.items()) > 6, "doze has looked")
    for ahead in (-3600, 0):
        proxy.shift_clock(ahead)
        looked = len(proxy.calls("DescribeInstances"))
        wait_for(lambda looked=looked: sum(call.status == 200 for call in proxy.calls("DescribeInstances")[looked:]) > 2,
                 "doze looks again")
    assert "clock is 60 min ahead of AWS's" in doze.log()


def test_only_what_is_registered_is_asked_about_and_lists_are_for_those_who_ask(doze, company, proxy):
    doze.start()
    wait_for(lambda: len(proxy.calls("DescribeInstances")) > 6, "some intervals have passed")
    calls = proxy.calls()
    assert not {call.operation for call in calls} & {"ListClusters", "ListServices", "ListNodegroups", "DescribeClusters"}
    assert all(name in call.body for call in calls for operation, name in (
        ("DescribeInstances", "instance-id"), ("DescribeAutoScalingGroups", "AutoScalingGroupNames"),
        ("DescribeDBInstances", "db-instance-id"), ("DescribeDBClusters", "db-cluster-id")) if call.operation == operation)
    assert len(doze.items()) > 6, "a list asks AWS first"
    assert proxy.calls("ListServices")


def test_throttling_is_met_with_patience_and_told(doze, company, proxy):
    # The client tries three times.
    proxy.on("DescribeInstances", times=2, region="us-east-1").fail(503, "RequestLimitExceeded", "Request limit exceeded.")
    doze.start()
    wait_for(lambda: len(doze.items()) > 6, "doze has looked all the same")
    doze.wait_log(r"AWS throttles ec2:DescribeInstances in us-east-1: doze goes on more slowly")


def test_lack_of_capacity_is_not_repeated_at_once(doze, company, proxy, screen):
    doze.start()
    wait_for(lambda: len(doze.items()) > 6, "doze has looked")
    doze.leave()
    wait_for(lambda: company.states() == ASLEEP, "everything registered sleeps")
    proxy.on("StartInstances").fail(500, "InsufficientInstanceCapacity", "We currently do not have sufficient capacity.")
    doze.allowed_errors.append("InsufficientInstanceCapacity")
    doze.return_to(screen)
    doze.wait_log("InsufficientInstanceCapacity")
    looked = len(proxy.calls("DescribeInstances"))
    wait_for(lambda: len(proxy.calls("DescribeInstances")) > looked + 4, "doze goes on looking")
    # One call by region for both instances of us-east-1; halving it finds the one without room.
    regions = [call.region for call in proxy.calls("StartInstances")]
    assert len(regions) <= 2 * len(set(regions)) + 2


def test_connections_are_kept(doze, company, proxy):
    doze.start()
    wait_for(lambda: len(proxy.calls()) > 60, "doze has looked several times")
    assert proxy.connections <= 10


@pytest.fixture
def own_certificate(tmp_path):
    """A certificate for localhost that nobody trusts who was not told to: (file, SSL context of the server)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
                   .serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
                   .not_valid_after(now + datetime.timedelta(days=1))
                   .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
                   .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
                   .sign(key, hashes.SHA256()))
    bundle, private = tmp_path / "ca.pem", tmp_path / "key.pem"
    bundle.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                          serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(bundle, private)
    return bundle, context


@pytest.mark.parametrize("where", ["AWS_CA_BUNDLE", "profile", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "nowhere"])
def test_a_certificate_is_trusted_where_it_is_named(make_doze, company, screen, outliving, own_certificate, where):
    bundle, context = own_certificate
    proxy = outliving(FaultProxy(company.endpoint, tls=context))
    variables = {where: str(bundle)} if where.isupper() else {}
    doze = make_doze(DISPLAY=screen.display, **company.environment(proxy.endpoint), **variables)
    if where == "profile":
        (doze.folder / ".aws").mkdir()
        (doze.folder / ".aws" / "config").write_text(f"[default]\nca_bundle = {bundle}\n")
    configure(doze, company)
    doze.allowed_errors += ["No trusted TLS connection", "took no connection within"]
    doze.start()
    if where == "nowhere":
        doze.wait_log("No trusted TLS connection to localhost")
        assert not proxy.calls()
    else:
        wait_for(lambda: len(doze.items()) > 6, "doze has looked")


def test_aws_is_reached_through_a_proxy(make_doze, company, screen, outliving):
    way = outliving(FaultProxy(company.endpoint))
    # Nobody but the proxy knows this host.
    doze = make_doze(DISPLAY=screen.display, HTTP_PROXY=way.endpoint, **company.environment("http://aws.invalid"))
    configure(doze, company)
    doze.start()
    wait_for(lambda: len(doze.items()) > 6, "doze has looked")
    assert {call.through_proxy_to for call in way.calls()} == {"aws.invalid"}
