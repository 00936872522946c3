"""The files of ~/.aws are read as botocore reads them: thousands of odd ones, made from a seed, and some that people really had.

What is refused is refused by both, and doze names the line that botocore names. docs/adr/0008 has what differs on purpose."""
import random
import re

import botocore.configloader
import pytest
from botocore.exceptions import ConfigNotFound, ConfigParseError
from probe import ask

KEYS = ["aws_access_key_id", "AWS_Access_Key_Id", "aws_secret_access_key", "region", "role_arn", "source_profile", "sso_session",
        "services", "credential_process", "s3", "ec2", "endpoint_url", "Ä", "ä", "K", "k", "a b", "", "x.y", "ec2.endpoint_url"]
TITLES = ["default", "DEFAULT", "Default", "profile dev", "profile  dev", "profile\tdev", "profile 'dev'", 'profile "a b"', "dev",
          " dev", "dev ", "profile default", "profiledev", "profiles dev", "profile a b", "profile 'open", "profile \\", "profile ''",
          "sso-session corp", "sso-sessions corp", "services s", "services 's'", "plugins", "profile x] # [y", "]", "profile\u00a0dev",
          "profile 잠", "preview", "profile dev\\ 2", "profile \u2028"]
VALUES = ["AKIAIOSFODNN7EXAMPLE", "s/ecret+=", "us-east-1", "corp", "s", "dev", "", " ", "a # b", "a;b", "#x", "a = b", "a: b", "a\u00a0b",
          "잠", "http://127.0.0.1:1", "a\u2028b = c", "a\x0bb=c", "a\x85c = d", "]", "[x]", '"q"', "\x00", "\x1f", "a\rb = c"]
BLANKS = ["", "", "", " ", "  ", "\t", "    ", "\u00a0", "\u3000", "\x0c", "\u200b", "\x1c", "\ufeff"]
DELIMITERS = ["=", "=", "=", " = ", ":", " : ", "\t=", "==", ":=", " ", "\u00a0=\u00a0", ""]
ENDS = ["\n", "\n", "\n", "\n", "\r\n", "\r", "\n\n", "\n \n", " \n", "\u00a0\n", "\x0b\n"]
COMMENTS = ["# c", "; c", " # c", "#", "\u00a0# [x]", "// c", "[x] # c"]


def odd_file(dice):
    """The bytes of a file that somebody may have: lines of every kind, most of them where they belong."""
    text = ""
    end = dice.choice(ENDS) if dice.random() < 0.5 else "\n"
    for _ in range(dice.randrange(1, 12)):
        kind = dice.random()
        if kind < 0.25 or not text:
            after = dice.choice(["", "", "", " ", " # c", "# c", " text", " [z]", ";"])
            line = dice.choice(BLANKS[:5]) + "[" + dice.choice(TITLES) + "]" + after
        elif kind < 0.75:
            key = dice.choice(KEYS) if dice.random() < 0.7 else f"k{dice.randrange(99)}"
            line = dice.choice(BLANKS[:7]) * (dice.random() < 0.4) + key + dice.choice(DELIMITERS[:10]) + dice.choice(VALUES)
        elif kind < 0.87:
            line = dice.choice(BLANKS) + dice.choice(COMMENTS)
        elif kind < 0.97:
            line = dice.choice(BLANKS) + dice.choice(VALUES) + dice.choice(DELIMITERS) + dice.choice(VALUES)
        else:
            line = "".join(dice.choice("[]=:#; \tab\u00a0\r") for _ in range(dice.randrange(8)))
        text += line + (end if dice.random() < 0.9 else dice.choice(ENDS))
    if dice.random() < 0.2:
        text = text.rstrip("\n")
    if dice.random() < 0.01:
        return text.encode("utf-16")
    data = text.encode("utf-8")
    if dice.random() < 0.02:
        data = b"\xef\xbb\xbf" + data
    if dice.random() < 0.02:
        at = dice.randrange(len(data) + 1)
        data = data[:at] + dice.choice([b"\xe4", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5", b"\xe2\x80"]) + data[at:]
    return data


FIXED = {
    "text after a title": b"[default]\nregion=us-east-1\n[profile lake] /* s3://path/to/bucket */\nregion = us-east-1\n",
    "a comment right after a title": b"[default]\nregion = us-east-1\n[profile b]# team b\nregion = us-west-2\n",
    "a bracket in a comment after a title": b"[profile b] # as [default]\nregion = us-west-2\n",
    "colons": b"[default]\nregion: us-east-1\naws_access_key_id: A=B\n",
    "no-break spaces": "[default]\naws_access_key_id\u00a0=\u00a0AK\naws_secret_access_key\u00a0= s\n".encode(),
    "no-break spaces before a key": "[default]\nregion = x\n\u00a0\u00a0output = json\n".encode(),
    "a comment after a value": b"[default]\nregion = us-east-1 # here\n",
    "UTF-16": "[default]\nregion = x\n".encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf[default]\nregion = x\n",
    "a byte order mark and nothing else": b"\xef\xbb\xbf",
    "latin-1": b"# f\xfcr mich\n[default]\nregion = x\n",
    "latin-1 at the end": b"[default]\nregion = x\n" + b"# x\n" * 5000 + b"# f\xfcr\n",
    "NUL": b"[default]\nregion = a\0b\n\0 = c\n",
    "empty": b"",
    "only a comment": b"# nothing yet",
    "a section twice": b"[default]\na=1\n[dev]\nb=1\n[default]\nc=1\n",
    "a key twice": b"[default]\na=1\nA : 2\n",
    "a key twice in DEFAULT": b"[DEFAULT]\na=1\n[x]\nb=1\n[DEFAULT]\na=2\n",
    "DEFAULT": b"[DEFAULT]\nregion = x\ns3 =\n  a = b\n[default]\nOutput = json\n[dev]\nregion = y\n",
    "nested": b"[services s]\nEC2 =\n  Endpoint_URL = http://e\n\n  x=1\necs = \n\tendpoint_url = http://c\nz=2\n",
    "nested without an equals sign": b"[default]\ns3 =\n  a: b\n",
    "nested after a value": b"[default]\nregion = x\n  a = b\n",
    "a title that is a continuation": b"[default]\nregion = x\n [dev]\nb = c\n",
    "settings deeper than their title": b"  [default]\n    region = x\n   output = y\n",
    "no section": b"region = x\n[default]\n",
    "no delimiter": b"[default]\nregion\noutput = json\nand this\n",
    "no delimiter, then a section twice": b"[default]\nregion\n[default]\n",
    "no key": b"[default]\n= x\n",
    "an open title": b"[default\nregion = x\n",
    "an open title within a section": b"[default]\n[profile x\n[y = z\n",
    "an empty title": b"[]\na = b\n",
    "quotes": b"[profile 'a b']\nx=1\n[profile \"a b\"]\nx=2\n[profile a\\ b]\nx=3\n",
    "default before profile default": b"[default]\na=1\n[profile default]\nb=2\n",
    "default after profile default": b"[profile default]\nb=2\n[default]\na=1\n",
    "old Mac lines": b"[default]\raws_access_key_id = A\r# c\rregion = x\r",
    "Windows lines": b"[default]\r\naws_access_key_id = A\r\n\r\nregion = x\r\n",
    "a value over several lines": b"[default]\ncredential_process = /bin/helper\n  --profile dev\n\n  --json\n# c\n  --last\nregion = x\n",
    "many profiles": b"".join(b"[profile p%d]\nregion = us-east-1\nsource_profile = p%d\n" % (i, i + 1) for i in range(5000)),
}


def lines_of(error):
    """The lines that botocore's error names; none where it names none."""
    return [int(number) for number in re.findall(r"\[line +(\d+)\]|line: (\d+)", str(error)) for number in number if number]


def looks_like_utf_16(data):
    """Without a mark botocore reads it as text with many NUL bytes."""
    return len(data) > 1 and (data[0] == 0) != (data[1] == 0)


def differences(files):
    """What is wrong with doze's reading of each file, by botocore's; empty where all is well."""
    answers = ask([{"ask": "ini", "file": str(file)} for file in files])
    for file, answer in zip(files, answers):
        try:
            expected, error = botocore.configloader.raw_config_parse(str(file)), None
        except ConfigParseError as refused:
            expected, error = None, refused
        line = re.search(r"^Line (\d+) of the file ", answer.get("error", ""))
        if error is not None:
            if line is None:
                yield f"{file.read_bytes()!r}: botocore refuses it ({error}), doze says {answer}"
            elif lines_of(error) and lines_of(error)[0] != int(line.group(1)):
                yield f"{file.read_bytes()!r}: botocore refuses line {lines_of(error)}, doze says {answer['error']}"
        elif "error" in answer:
            if not looks_like_utf_16(file.read_bytes()):
                yield f"{file.read_bytes()!r}: botocore takes it, doze says {answer['error']}"
        else:
            found = [(title, {**settings, **nested}) for title, settings, nested in answer["sections"]]
            if found != list(expected.items()):
                yield f"{file.read_bytes()!r}: botocore reads {expected}, doze {found}"


@pytest.fixture
def write(tmp_path):
    def write(name, data):
        file = tmp_path / str(name)
        file.write_bytes(data)
        return file
    return write


def test_thousands_of_files(write):
    dice = random.Random(20261130)
    assert not list(differences([write(number, odd_file(dice)) for number in range(6000)]))[:5]


def test_the_odd_ones_that_people_have(write):
    assert not list(differences([write(number, data) for number, data in enumerate(FIXED.values())]))


def full_config(config, credentials):
    """As botocore's session puts both files together."""
    try:
        both = botocore.configloader.load_config(config)
    except ConfigNotFound:
        both = {"profiles": {}}
    for name, settings in botocore.configloader.raw_config_parse(credentials).items():
        both["profiles"].setdefault(name, {}).update(settings)
    return both


def plain(settings):
    return {key: value for key, value in settings.items() if isinstance(value, str)}


def test_both_files_together(write):
    dice = random.Random(20261201)
    pairs = []
    while len(pairs) < 300:
        config, credentials = (write(f"{name}{len(pairs)}", odd_file(dice)) for name in ("config", "credentials"))
        try:
            pairs.append((config, credentials, full_config(str(config), str(credentials))))
        except ConfigParseError:
            continue
    answers = ask([{"ask": "profiles", "config": str(config), "credentials": str(credentials)} for config, credentials, _ in pairs])
    for (config, credentials, expected), answer in zip(pairs, answers):
        said = f"{config.read_bytes()!r} and {credentials.read_bytes()!r}"
        if looks_like_utf_16(config.read_bytes()) or looks_like_utf_16(credentials.read_bytes()):
            continue
        assert answer.get("profiles") == {name: plain(settings) for name, settings in expected["profiles"].items()}, said
        for name, settings in expected["profiles"].items():
            session = settings.get("sso_session")
            if isinstance(session, str) and session in expected.get("sso_sessions", {}):
                assert answer["sso"].get(name, {}) == plain(expected["sso_sessions"][session]), said
            services = settings.get("services")
            if isinstance(services, str) and services in expected.get("services", {}):
                nested = {key: value for key, value in expected["services"][services].items() if isinstance(value, dict)}
                assert answer["services"][name] == nested, said
