"""What others wrote (tags, descriptions, reasons, AWS's answers) never acts on a terminal or turns a line around."""
import json
import re
import socket
import urllib.request

from conftest import configure
from waiting import PATIENCE, wait_for

# Escape sequences of 7 and 8 bits, the end of a line of 8 bits, a line and a paragraph, both directions, no width, a
# tag.
TRICKS = "\x1b[31m\x9b31m\x9d0;t\x07\x85\u2028\u2029\u202e\u2066\u200b\u200f\xad\ufeff\U000e0041"
SHOWN = f"tricks{TRICKS}end"
HIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]")


def clean(text, where):
    assert not HIDDEN.search(text), f"{where}: {ascii(text[max(0, HIDDEN.search(text).start() - 60):][:160])}"
    return text


def test_no_way_out_of_doze_lets_it_through(doze, company, proxy):
    web = company.ids["web"]
    company.client("ec2", "us-east-1").create_tags(Resources=[web], Tags=[{"Key": "Name", "Value": SHOWN}])
    described = '"' + "".join(f"\\U{ord(character):08X}" for character in SHOWN) + '"'
    configure(doze, company, timeout_minutes=60, services=(
        f"ec2_instances:\n  - instance_id: {web}\n    region: us-east-1\n    description: {described}\n"))
    doze.start()
    wait_for(lambda: "tricks" in doze.cli("list", "ec2").stdout, "the list has it")
    with socket.socket(socket.AF_UNIX) as held:
        held.connect(str(doze.state / "doze.sock"))
        for reason in (f"tricks{TRICKS}end", "tricks\u202e\u200bend"):
            held.sendall(json.dumps({"type": "HOLD", "content": {"reason": reason}}).encode() + b"\n")
            answer = held.makefile().readline()
        assert "ERROR" not in answer, answer
        clean(answer.rstrip("\n"), "reply")
        for command in (["status"], ["list"], ["list", "ec2"], ["registered"], ["history"], ["logs"], ["doctor"],
                        ["config", "show"], ["config", "registered"]):
            for form in ([], ["--json"]):
                done = doze.cli(*command, *form)
                clean(done.stdout + done.stderr, " ".join(command + form))
    assert "tricks" in doze.cli("status").stdout
    assert json.loads(doze.cli("list", "ec2", "--json").stdout)["instances"], "data stays whole"
    assert SHOWN in [item["name"] for item in doze.json("list", "ec2")["instances"]]
    for path in ("api/v1/status", "api/v1/resources/ec2", "metrics"):
        with urllib.request.urlopen(f"http://127.0.0.1:{doze.listens_on('web')}/{path}", timeout=PATIENCE) as reply:
            clean(reply.read().decode(), path)
    clean(doze.log(), "log")
    clean(doze.output(), "terminal")
    assert "tricks" in doze.log()
