"""Credentials and region: found where the AWS CLI finds them, renewed in time, and never where they do not belong."""
import hashlib
import json
import os
import pty
import resource
import signal
import ssl
import stat
import subprocess
import sys

import pytest
from conftest import configure
from daemon import make_settings
from key_server import KeyServer, iso
from keyring import Keyring
from sandbox import BINARY
from waiting import PATIENCE, wait_for

OK, FAILED, USAGE = range(3)
SECRET = "hush-hush-hush-hush-hush-hush-hush-hush-"
KEYS = f"AKIAIOSFODNN7EXAMPLE\n{SECRET}\n"


@pytest.fixture
def keys(outliving):
    return outliving(KeyServer())


@pytest.fixture
def keyring(tmp_path, outliving):
    return outliving(Keyring(tmp_path / "desktop"))


@pytest.fixture
def desk(make_doze, keys):
    """doze at a desk where nothing is set but the stand-ins; `desk.set(...)` sets variables, `desk.write` a file of ~/.aws."""
    doze = make_doze(**keys.environment())
    doze.set = lambda **variables: doze.environment.update(variables)

    def write(name, text, mode=0o600):
        file = doze.folder / ".aws" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(mode)
        return file

    doze.write = write
    (doze.config / "settings.json").write_text(json.dumps(make_settings(doze.port)), encoding="utf-8")  # Ports of its own.
    return doze


def status(doze, *arguments):
    done = doze.cli("auth", "status", "--json", *arguments)
    assert done.returncode in (OK, FAILED), done.stderr
    assert SECRET not in done.stdout + done.stderr
    return json.loads(done.stdout)


def masked(access_key_id):
    """As `doze auth status` shows it; the whole of it is in the ARN that the stand-in for STS answers with."""
    return access_key_id if len(access_key_id) < 16 else f"{access_key_id[:4]}...{access_key_id[-4:]}"


def ask_botocore(doze):
    """(access key ID, region) that botocore finds in the same environment."""
    program = ("import botocore.session as s; session = s.Session(); keys = session.get_credentials(); "
               "print(keys.get_frozen_credentials().access_key if keys else None, session.get_config_variable('region'))")
    done = subprocess.run([sys.executable, "-c", program], env=doze.environment, capture_output=True, text=True, timeout=PATIENCE)
    return (done.stdout.split() or [f"error: {done.stderr.splitlines()[-1]}"])[0]


def cache_name(text):
    return f"sso/cache/{hashlib.sha1(text.encode()).hexdigest()}.json"


# -- the same answers as botocore ---------------------------------------------------------------------------------------

ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "s"}
PROFILE = "[default]\naws_access_key_id = AKFILE\naws_secret_access_key = s\n"
IN_CONFIG = "[default]\naws_access_key_id = AKCONFIG\naws_secret_access_key = s\n"
ROLE = "[default]\nrole_arn = arn:aws:iam::123456789012:role/dev\n"
BASE = "[base]\naws_access_key_id = AKBASE\naws_secret_access_key = s\n"
SSO = ("sso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev\n"
       "[sso-session corp]\nsso_start_url = https://corp/start\nsso_region = us-east-1\n")
LEGACY_SSO = ("sso_start_url = https://corp/start\nsso_region = us-east-1\nsso_account_id = 123456789012\n"
              "sso_role_name = Old\n")
SIGNED_IN = json.dumps({"startUrl": "https://corp/start", "region": "us-east-1", "accessToken": "sso-token",
                        "expiresAt": "2099-01-01T00:00:00Z"})
PROGRAM = ("credential_process = echo '{\"Version\": 1, \"AccessKeyId\": \"AKPROGRAM\", \"SecretAccessKey\": \"s\"}'\n")
CONTAINER = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{keys}/container"}
WEB = {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/.aws/token", "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/web"}
WEB_PROFILE = "[default]\nrole_arn = arn:aws:iam::123456789012:role/web\nweb_identity_token_file = {home}/.aws/token\n"

# What is set -> the beginning of the access key that must come out of it, for doze and for botocore.
PRECEDENCE = {
    "nothing but an instance": ({}, {}, "AKINSTANCE"),
    "a container before the instance": (CONTAINER, {}, "AKCONTAINER"),
    "config before a container": (CONTAINER, {"config": IN_CONFIG}, "AKCONFIG"),
    "a program before config": ({}, {"config": IN_CONFIG + PROGRAM}, "AKPROGRAM"),
    "the credentials file before a program": ({}, {"config": IN_CONFIG + PROGRAM, "credentials": PROFILE}, "AKFILE"),
    "sso before the credentials file": ({}, {"config": "[default]\n" + SSO, "credentials": PROFILE,
                                             cache_name("corp"): SIGNED_IN}, "ASIASSODev"),
    "sso in the legacy form": ({}, {"config": "[default]\n" + LEGACY_SSO, cache_name("https://corp/start"): SIGNED_IN},
                               "ASIASSOOld"),
    "web identity before sso": (WEB, {"config": "[default]\n" + SSO, cache_name("corp"): SIGNED_IN, "token": "web.token"},
                                "ASIA"),
    "web identity of the profile": ({}, {"config": WEB_PROFILE, "token": "web.token"}, "ASIA"),
    "web identity of both": ({**WEB, "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/of-environment"},
                             {"config": WEB_PROFILE, "token": "web.token"}, "ASIA"),
    "a role before web identity": (WEB, {"config": ROLE + "source_profile = base\n", "credentials": BASE,
                                         "token": "web.token"}, "ASIA"),
    "a role before the keys beside it": ({}, {"config": ROLE + "source_profile = base\n", "credentials": BASE + PROFILE},
                                         "ASIA"),
    "a role with all settings": ({}, {"config": ROLE + "source_profile = base\nexternal_id = a b\nduration_seconds = 900\n"
                                                      "role_session_name = me\n", "credentials": BASE}, "ASIA"),
    "a role that is its own source": ({}, {"config": ROLE + "source_profile = default\n", "credentials": PROFILE}, "ASIA"),
    "a role taken with a role": ({}, {"config": ROLE + "source_profile = middle\n[profile middle]\nsource_profile = base\n"
                                                      "role_arn = arn:aws:iam::123456789012:role/middle\n",
                                      "credentials": BASE}, "ASIA"),
    "a role taken with sso": ({}, {"config": ROLE + "source_profile = desk\n[profile desk]\n" + SSO,
                                   cache_name("corp"): SIGNED_IN}, "ASIA"),
    "a role taken with a program": ({}, {"config": ROLE + "source_profile = desk\n[profile desk]\n" + PROGRAM}, "ASIA"),
    "a role taken with web identity": (
        {}, {"config": ROLE + "source_profile = desk\n" + WEB_PROFILE.replace("[default]", "[profile desk]"),
             "token": "web.token"}, "ASIA"),
    "a role taken with the instance": ({}, {"config": ROLE + "credential_source = Ec2InstanceMetadata\n"}, "ASIA"),
    "a role taken with the container": (CONTAINER, {"config": ROLE + "credential_source = EcsContainer\n"}, "ASIA"),
    "the environment before a role": (ENVIRONMENT, {"config": ROLE + "source_profile = base\n", "credentials": BASE},
                                      "AKENV"),
    "a profile of the environment": ({"AWS_PROFILE": "base"}, {"credentials": PROFILE + BASE}, "AKBASE"),
    "keys of the environment before its profile": ({**ENVIRONMENT, "AWS_PROFILE": "base"}, {"credentials": BASE}, "AKENV"),
    "files elsewhere": ({"AWS_SHARED_CREDENTIALS_FILE": "{home}/.aws/elsewhere"}, {"elsewhere": BASE + PROFILE}, "AKFILE"),
    "keys in any case, and comments": ({}, {"credentials": "# x\n[default]\nAWS_ACCESS_KEY_ID=AKFILE\n; y\n"
                                                           "aws_secret_access_key : s\n"}, "AKFILE"),
    "no-break spaces, and text after a title": (
        {}, {"credentials": "[default] /* mine */\naws_access_key_id\u00a0=\u00a0AKFILE\naws_secret_access_key\u00a0= s\n",
             "config": "[profile other]# of another team\nregion: eu-west-1\n"}, "AKFILE"),
    "a program over several lines": ({}, {"config": "[default]\ncredential_process = echo\n" + PROGRAM.partition("echo")[2].replace(
        "'{", "  '{")}, "AKPROGRAM"),
    "files by variables within variables": ({"AWS_SHARED_CREDENTIALS_FILE": "$HOME/.aws/${PLACE}", "PLACE": "elsewhere"},
                                            {"elsewhere": PROFILE}, "AKFILE"),
}


@pytest.mark.parametrize("case", PRECEDENCE)
def test_the_same_keys_as_botocore(desk, keys, case):
    variables, files, beginning = PRECEDENCE[case]

    def fill_in(text):
        return text.replace("{home}", str(desk.folder)).replace("{keys}", keys.endpoint)

    desk.set(AWS_DEFAULT_REGION="us-east-1", **{name: fill_in(text) for name, text in variables.items()})
    for name, text in files.items():
        desk.write(name, fill_in(text))
    found = status(desk)
    assert "arn" in found, found
    access_key = found["arn"].rpartition("/")[2]
    assert access_key.startswith(beginning), "AWS was asked with these"
    assert access_key == ask_botocore(desk)
    assert found["access_key_id"] == masked(access_key)


@pytest.mark.parametrize("variables, config, region, origin", [
    ({"AWS_REGION": "us-west-1", "AWS_DEFAULT_REGION": "us-west-2"}, "[default]\nregion = eu-west-1\n", "us-west-1",
     "AWS_REGION"),
    ({"AWS_DEFAULT_REGION": "us-west-2"}, "[default]\nregion = eu-west-1\n", "us-west-2", "AWS_DEFAULT_REGION"),
    ({}, "[default]\nregion = eu-west-1\n", "eu-west-1", "profile default of ~/.aws/config"),
    ({}, "", "eu-north-1", "the EC2 instance metadata service"),
])
def test_the_region_and_who_says_so(desk, variables, config, region, origin):
    desk.set(**variables)
    desk.write("config", config)
    found = status(desk)
    assert (found["region"], found["region_origin"]) == (region, origin)


# -- doze auth status ---------------------------------------------------------------------------------------------------

def test_status_for_people(desk):
    desk.write("credentials", PROFILE)
    done = desk.cli("auth", "status")
    assert done.returncode == OK and not done.stderr
    for words in ("profile default of ~/.aws/credentials", "123456789012", "arn:aws:iam::123456789012:user/AKFILE",
                  "never", "eu-north-1 (the EC2 instance metadata service)"):
        assert words in done.stdout


def test_status_shows_no_whole_access_key(desk):
    desk.write("credentials", PROFILE.replace("AKFILE", "AKIAIOSFODNN7EXAMPLE"))
    for arguments in ((), ("--json",)):
        shown = desk.cli("auth", "status", *arguments).stdout
        assert "...MPLE" in shown
        assert "AKIAIOSFODNN7EXAMPLE" not in shown.replace("user/AKIAIOSFODNN7EXAMPLE", ""), "but for the stand-in's ARN"


@pytest.mark.parametrize("data, message", [
    ("[default]\nregion = x\n".encode("utf-16"), "Line 1 of ~/.aws/credentials is not UTF-8 text"),
    (b"[default]\n# f\xfcr\n", "Line 2 of ~/.aws/credentials is not UTF-8 text"),
    (b"[default]\naws_access_key_id = A\naws_access_key_id = B\n", "Line 3 of ~/.aws/credentials is a second value"),
])
def test_a_file_that_botocore_refuses_is_refused_with_its_line(desk, data, message):
    desk.write("credentials", "").write_bytes(data)
    found = status(desk)
    assert found["error"] == "NO_CREDENTIALS" and message in found["message"] and found["next_step"]
    assert ask_botocore(desk).startswith("error: botocore.exceptions.ConfigParseError")


def test_status_names_every_place_where_there_is_nothing(desk):
    desk.set(AWS_EC2_METADATA_DISABLED="true")
    done = desk.cli("auth", "status")
    assert done.returncode == FAILED and not done.stdout
    for words in ("AWS_ACCESS_KEY_ID is not set", "no keyring", "no profile default in ~/.aws/credentials",
                  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set", "AWS_EC2_METADATA_DISABLED", "doze auth set"):
        assert words in done.stderr
    assert [look["place"] for look in status(desk)["looked_at"]] == [
        "environment", "keyring", "profile", "container", "instance_metadata"]


def test_status_fails_where_aws_does_not_take_the_keys(desk, keys, proxy):
    desk.write("credentials", PROFILE)
    proxy.on("GetCallerIdentity").fail(403, "InvalidClientTokenId", "The security token is invalid.")
    desk.set(AWS_ENDPOINT_URL_STS=proxy.endpoint)
    done = desk.cli("auth", "status")
    assert done.returncode == FAILED
    assert "profile default of ~/.aws/credentials" in done.stdout and "InvalidClientTokenId" in done.stderr


def test_status_of_another_profile_and_of_the_one_in_the_settings(desk):
    desk.write("credentials", PROFILE + BASE)
    assert status(desk, "--profile", "base")["access_key_id"] == masked("AKBASE")
    (desk.config / "settings.json").write_text(
        json.dumps({"aws": {"credentials": {"use_profile": True, "profile_name": "base"}}}), encoding="utf-8")
    assert status(desk)["access_key_id"] == masked("AKBASE")
    assert status(desk, "--profile", "default")["access_key_id"] == masked("AKFILE")


@pytest.fixture
def trusted(tmp_path, outliving):
    """A stand-in for STS that only a certificate of its own vouches for, and that certificate."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost", "-keyout", tmp_path / "key.pem", "-out", tmp_path / "certificate.pem"],
                   check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    return outliving(KeyServer(tls)).endpoint, (tmp_path / "certificate.pem").read_text(encoding="ascii")


@pytest.mark.parametrize("variables, config, who", [
    ({"AWS_CA_BUNDLE": "~/.aws/mine.pem"}, "", "AWS_CA_BUNDLE"),
    ({}, "ca_bundle = ~/.aws/mine.pem\n", "ca_bundle of the profile"),
])
def test_certificates_below_the_home_folder(desk, trusted, variables, config, who):
    endpoint, certificate = trusted
    desk.set(AWS_ENDPOINT_URL_STS=endpoint, AWS_DEFAULT_REGION="us-east-1", **variables)
    desk.write("credentials", PROFILE)
    desk.write("config", "[default]\n" + config)
    assert f"certificates {desk.folder}/.aws/mine.pem ({who}) can't be read" in status(desk)["message"]
    desk.write("mine.pem", certificate)
    assert status(desk)["account"] == "123456789012"


def test_a_proxy_that_is_not_there_is_named(desk):
    desk.set(AWS_ENDPOINT_URL_STS="http://aws.corp.example", AWS_DEFAULT_REGION="us-east-1", http_proxy="http://u:hush@127.0.0.1:9")
    desk.write("credentials", PROFILE)
    found = status(desk)
    assert "The proxy 127.0.0.1:9 refused the connection" in found["message"] and "http_proxy" in found["next_step"]
    assert "hush" not in json.dumps(found)


# -- programs and SSO ---------------------------------------------------------------------------------------------------

def test_what_a_program_says_is_never_shown(desk):
    script = desk.write("program", f"#!/bin/sh\necho {SECRET} >&2\necho {SECRET}\nexit 3\n", 0o700)
    desk.write("config", f"[default]\ncredential_process = {script}\n")
    found = status(desk)
    assert found["error"] == "NO_CREDENTIALS" and "exit code 3" in found["message"]
    desk.allowed_errors = ["credential_process", "doze is blind"]
    desk.start()
    desk.wait_log("exit code 3")
    assert SECRET not in desk.log() + desk.output()


def test_an_expired_sign_in_says_how_to_sign_in_again(desk):
    desk.write("config", "[profile work]\n" + SSO)
    found = status(desk, "--profile", "work")
    assert "aws sso login --profile work" in found["next_step"]
    desk.write(cache_name("corp"), SIGNED_IN.replace("2099", "2019"))
    found = status(desk, "--profile", "work")
    assert "has expired" in found["message"] and "aws sso login --profile work" in found["next_step"]


def test_a_sign_in_is_renewed_so_that_the_aws_cli_can_go_on_with_it(desk, keys):
    desk.write("config", "[default]\n" + SSO)
    file = desk.write(cache_name("corp"), json.dumps({
        "startUrl": "https://corp/start", "region": "us-east-1", "accessToken": "old", "expiresAt": iso(-60),
        "clientId": "client", "clientSecret": "client-secret", "registrationExpiresAt": iso(86400),
        "refreshToken": "refresh"}), 0o644)
    assert "ASIASSODev" in status(desk)["arn"]
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert kept["accessToken"] == "renewed-token" and kept["refreshToken"] == "next"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert ask_botocore(desk).startswith("ASIASSODev"), "botocore takes what doze wrote"
    assert len(keys.requests("/token")) == 1, "and has nothing to renew"


# -- a daemon that runs for days ----------------------------------------------------------------------------------------

@pytest.fixture
def runner(desk, keys, company, proxy, screen):
    """A daemon in the company whose keys come from a container's endpoint: AKCONTAINER-1, AKCONTAINER-2, ..."""
    keys.serial = 1
    keys.container_token = "let me in"
    desk.set(DISPLAY=screen.display, AWS_ENDPOINT_URL=proxy.endpoint, AWS_ENDPOINT_URL_STS=proxy.endpoint,
             AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{keys.endpoint}/container",
             AWS_CONTAINER_AUTHORIZATION_TOKEN="let me in")
    desk.allowed_errors = []
    configure(desk, company)
    return desk


def used(proxy):
    return {call.access_key for call in proxy.calls()}


def test_keys_are_renewed_before_they_expire(runner, keys, proxy):
    keys.first_lifetimes = [15 * 60 + 5]  # doze renews a quarter of an hour before the end.
    runner.start()
    wait_for(lambda: "AKCONTAINER-1" in used(proxy), "the first keys are used")
    wait_for(lambda: "AKCONTAINER-2" in used(proxy), "the next keys are used")
    assert len(keys.requests("/container")) == 2


def test_old_keys_go_on_while_they_cannot_be_renewed(runner, keys, proxy):
    keys.lifetime = 12 * 60  # Due for a renewal from the first moment on.
    keys.keys_left = 1
    runner.start()
    wait_for(lambda: "AKCONTAINER-1" in used(proxy), "the first keys are used")
    before = len(proxy.calls())
    wait_for(lambda: len(proxy.calls()) > before + 20, "doze goes on asking AWS")
    assert used(proxy) == {"AKCONTAINER-1"}
    assert len(keys.requests("/container")) <= 1 + 3, "at an easy pace"


def test_an_expired_token_in_the_middle_is_replaced_at_once(runner, keys, proxy):
    runner.start()
    wait_for(lambda: "AKCONTAINER-1" in used(proxy), "the first keys are used")
    proxy.on("*", contains="AKCONTAINER-1").fail(400, "ExpiredTokenException", "The security token included is expired")
    wait_for(lambda: "AKCONTAINER-2" in used(proxy), "the next attempt has new keys")
    before = len(proxy.calls())
    wait_for(lambda: len(proxy.calls()) > before + 20, "doze goes on asking AWS")
    assert used(proxy) == {"AKCONTAINER-1", "AKCONTAINER-2"}
    assert len(keys.requests("/container")) == 2


# -- keys that doze keeps -----------------------------------------------------------------------------------------------

def auth_set(doze, text, *arguments):
    done = subprocess.run(
        [str(BINARY), "auth", "set", *arguments], input=text, capture_output=True, text=True, timeout=PATIENCE,
        env={**doze.environment, "DOZE_CONFIG_DIR": str(doze.config)})
    assert SECRET not in done.stdout + done.stderr
    return done


def test_keys_are_kept_in_the_keyring_and_nowhere_else(desk, keyring):
    desk.set(**keyring.environment())
    done = auth_set(desk, KEYS)
    assert done.returncode == OK, done.stderr
    assert "desktop's keyring" in done.stdout and "123456789012" in done.stdout
    found = status(desk)
    assert (found["access_key_id"], found["provider"]) == (masked("AKIAIOSFODNN7EXAMPLE"), "keyring")
    for file in desk.folder.rglob("*"):
        assert not file.is_file() or SECRET not in file.read_text(encoding="utf-8", errors="replace")
    desk.write("credentials", PROFILE)
    assert status(desk)["provider"] == "keyring"
    assert status(desk, "--profile", "other")["error"] == "NO_CREDENTIALS", "a name asked for means that profile"
    done = desk.cli("auth", "forget")
    assert done.returncode == OK and "desktop's keyring" in done.stdout
    assert status(desk)["access_key_id"] == masked("AKFILE")
    assert "keeps no keys" in desk.cli("auth", "forget").stdout


def test_keys_of_several_profiles_live_side_by_side_in_the_keyring(desk, keyring):
    desk.set(**keyring.environment())
    for number, profile in enumerate(("one", "two")):
        assert auth_set(desk, KEYS.replace("EXAMPLE", f"EXAMPL{number}"), "--profile", profile).returncode == OK
    for number, profile in enumerate(("one", "two")):
        assert status(desk, "--profile", profile)["access_key_id"] == masked(f"AKIAIOSFODNN7EXAMPL{number}")
    assert desk.cli("auth", "forget", "--profile", "one").returncode == OK
    assert "error" in status(desk, "--profile", "one") and "error" not in status(desk, "--profile", "two")


def test_a_locked_keyring_is_said_so_and_not_passed_over(desk, keyring):
    desk.set(**keyring.environment())
    assert auth_set(desk, KEYS).returncode == OK
    desk.write("credentials", PROFILE)
    keyring.lock()
    found = status(desk)
    assert "locked" in found["message"] and "Unlock it" in found["next_step"]
    assert "access_key_id" not in found


def test_a_daemon_takes_the_keys_of_the_keyring(desk, keyring, company, proxy, screen):
    desk.set(**keyring.environment(), DISPLAY=screen.display, AWS_ENDPOINT_URL=proxy.endpoint,
             AWS_EC2_METADATA_DISABLED="true")
    desk.allowed_errors = ["(?i)credentials"]
    configure(desk, company)
    desk.start()
    desk.wait_log("keyring has no keys")
    assert auth_set(desk, KEYS).returncode == OK
    wait_for(lambda: "AKIAIOSFODNN7EXAMPLE" in used(proxy), "the daemon uses them")
    assert SECRET not in desk.log()


def test_without_a_keyring_keys_are_kept_in_the_credentials_file(desk):
    file = desk.write("credentials", "# mine\n[dev] # and this\nregion = eu-west-1\n\n" + BASE, 0o644)
    done = auth_set(desk, KEYS, "--profile", "dev")
    assert done.returncode == OK and str(file) in done.stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# mine\n[dev] # and this\n") and text.endswith("region = eu-west-1\n\n" + BASE)
    assert status(desk, "--profile", "dev")["access_key_id"] == masked("AKIAIOSFODNN7EXAMPLE")
    assert status(desk, "--profile", "base")["access_key_id"] == masked("AKBASE")
    desk.set(AWS_PROFILE="dev", AWS_DEFAULT_REGION="us-east-1")
    assert ask_botocore(desk) == "AKIAIOSFODNN7EXAMPLE", "the AWS CLI reads them too"
    assert str(file) in desk.cli("auth", "forget").stdout
    assert file.read_text(encoding="utf-8") == "# mine\n[dev] # and this\nregion = eu-west-1\n\n" + BASE


def test_a_first_credentials_file_is_for_its_owner_only(desk):
    assert auth_set(desk, KEYS).returncode == OK
    file = desk.folder / ".aws" / "credentials"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert status(desk)["access_key_id"] == masked("AKIAIOSFODNN7EXAMPLE")


def test_keys_that_aws_refuses_are_not_kept(desk, proxy):
    desk.set(AWS_ENDPOINT_URL_STS=proxy.endpoint)
    proxy.on("GetCallerIdentity").fail(403, "SignatureDoesNotMatch", f"The canonical string was {SECRET}")
    done = auth_set(desk, KEYS)
    assert done.returncode == FAILED and "not kept" in done.stderr
    assert not (desk.folder / ".aws" / "credentials").exists()


@pytest.mark.parametrize("text", ["", "AKIAIOSFODNN7EXAMPLE\n", f"\n{SECRET}\n", f"ASIAIOSFODNN7EXAMPLE\n{SECRET}\n",
                                  f"{SECRET} {SECRET}\n{SECRET}\n"])
def test_what_is_no_key_pair_is_refused(desk, text):
    done = auth_set(desk, text)
    assert done.returncode == USAGE and done.stderr and not done.stdout


def test_the_terminal_does_not_show_the_secret(desk):
    main, terminal = pty.openpty()
    process = subprocess.Popen([str(BINARY), "auth", "set"], stdin=terminal, stdout=terminal, stderr=terminal,
                               env=desk.environment, start_new_session=True)
    os.close(terminal)
    shown = b""

    def read_until(words):
        nonlocal shown
        while words not in shown:
            shown += os.read(main, 4096)

    read_until(b"access key ID: ")
    os.write(main, b"AKIAIOSFODNN7EXAMPLE\n")
    read_until(b"(not shown): ")
    os.write(main, SECRET.encode() + b"\n")
    read_until(b"are kept in")
    assert process.wait(PATIENCE) == OK
    assert b"AKIAIOSFODNN7EXAMPLE" in shown and SECRET.encode() not in shown
    os.close(main)


# -- memory -------------------------------------------------------------------------------------------------------------

def allow_core_dumps():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def dumps_core(process):
    process.send_signal(signal.SIGABRT)
    _, how = os.waitpid(process.pid, 0)
    process.returncode = -signal.SIGABRT  # It is gone, and Popen need not look for it.
    assert os.WIFSIGNALED(how) and os.WTERMSIG(how) == signal.SIGABRT
    return os.WCOREDUMP(how)


def test_a_crash_leaves_no_core_dump(desk, tmp_path):
    desk.write("credentials", PROFILE.replace(" s\n", f" {SECRET}\n"))
    desk.allowed_errors = [".*"]
    other = subprocess.Popen(["sleep", "1000"], cwd=tmp_path, preexec_fn=allow_core_dumps)
    wait_for(lambda: "sleep" in open(f"/proc/{other.pid}/comm", encoding="ascii").read(), "it runs")
    try:
        others_do = dumps_core(other)
    finally:
        other.poll()
    process = subprocess.Popen([str(BINARY), "run"], cwd=tmp_path, preexec_fn=allow_core_dumps, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env={**desk.environment, "DOZE_STATE_DIR": str(desk.state), "DOZE_CONFIG_DIR": str(desk.config)})
    desk.wait_log("Using AWS account")
    if os.geteuid() != 0:
        assert os.stat(f"/proc/{process.pid}").st_uid == 0, "the kernel gives such a process away"
    assert not dumps_core(process)
    if not others_do:
        pytest.skip("no process leaves a core dump here, so that doze leaves none says little")
    assert not [file for file in tmp_path.iterdir() if file.is_file() and SECRET.encode() in file.read_bytes()]
