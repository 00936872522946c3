"""Each module alone: the programs of examples/ do what they say."""
import json
import os
import subprocess
from pathlib import Path

import pytest
from daemon import clean_environment, free_udp_port
from sandbox import BINARY, ROOT
from udp import UdpClient
from waiting import PATIENCE, wait_for

EXAMPLES = Path(os.environ.get("DOZE_EXAMPLES", BINARY.parent / "examples"))


@pytest.fixture
def example(tmp_path, company):
    """Starts an example and returns its process; `run` of it waits for its end and returns (exit code, output)."""
    processes = []

    def start(name, *arguments, **environment):
        process = subprocess.Popen(
            [EXAMPLES / f"example_{name}", *arguments], cwd=tmp_path, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=clean_environment(tmp_path, **{**company.environment(), **environment}))
        processes.append(process)
        return process

    def run(name, *arguments, **environment):
        process = start(name, *arguments, **environment)
        output = process.communicate(timeout=PATIENCE)[0]
        return process.returncode, output

    start.run = run
    yield start
    for process in processes:
        process.kill()
        process.communicate()


def test_every_example_is_tested_here():
    tested = Path(__file__).read_text(encoding="utf-8")
    for file in (ROOT / "examples").glob("*.cpp"):
        assert f'"{file.stem}"' in tested


def test_activity_monitor(example, screen):
    process = example("activity_monitor", DISPLAY=screen.display)
    for line in process.stdout:
        if "x11-keyboard" in line and "running" in line:
            break
    screen.type("hello")
    for line in process.stdout:
        if "keyboard in use" in line:
            break
    else:
        pytest.fail("it did not see the keys")
    process.terminate()
    assert process.wait(PATIENCE) == 0


def test_message(example):
    code, output = example.run("message")
    assert code == 0 and output


def test_udp_server(example):
    port = free_udp_port()
    process = example("udp_server", "--port", str(port))
    with UdpClient(port, timeout=0.5) as client:
        def answers():
            try:
                return client.ask_json("PING")["type"] == "PONG"
            except TimeoutError:  # It does not listen yet.
                return False
        wait_for(answers, "it answers")
    assert process.poll() is None


def test_configuration(example, tmp_path):
    folder = tmp_path / "config"
    code, output = example.run("configuration", str(folder), "i-0123456789abcdef0", "us-east-1")
    assert code == 0, output
    assert json.loads((folder / "settings.json").read_text())
    services = (folder / "services.yaml").read_text()
    assert "i-0123456789abcdef0" in services and "#" in services


def test_aws_session(example):
    code, output = example.run("aws_session", "us-east-1")
    assert code == 0 and "123456789012" in output, output


def test_aws_services(example, company):
    code, output = example.run("aws_services", "us-east-1")
    assert code == 0 and company.ids["web"] in output, output
    code, output = example.run("aws_services", "us-east-1", "stop", company.ids["web"])
    assert code == 0, output
    assert company.states()["ec2 web"] == "stopped"


def test_service_manager(example, company, tmp_path):
    code, output = example.run("service_manager", "us-east-1", company.ids["web"], str(tmp_path / "journal.db"))
    assert code == 0 and "asleep" in output and "awake" in output, output
    assert company.states()["ec2 web"] == "running"
