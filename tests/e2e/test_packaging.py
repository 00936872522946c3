"""What is packaged besides the program: the systemd unit, and what starts doze on desktops without systemd's target."""
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from sandbox import BINARY
from waiting import PATIENCE

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
AUTOSTART = PACKAGING / "autostart"


def analyze(tmp_path, *arguments):
    """systemd-analyze on the unit, as if doze were installed where the binary of the tests is."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze here")
    unit = tmp_path / "doze.service"
    text = (PACKAGING / "doze.service").read_text(encoding="utf-8")
    # The manual page is not installed here.
    unit.write_text(text.replace("/usr/bin/doze", str(BINARY)).replace("Documentation=man:doze(1)\n", ""), encoding="utf-8")
    return subprocess.run(["systemd-analyze", *arguments, str(unit)], capture_output=True, text=True, timeout=PATIENCE,
                          env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)})


def test_the_unit_is_without_mistakes(tmp_path):
    done = analyze(tmp_path, "--user", "verify")
    assert done.returncode == 0 and not done.stderr, done.stderr


def test_the_unit_is_hardened(tmp_path):
    done = analyze(tmp_path, "--user", "security", "--offline=true", "--threshold=30")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Overall exposure level for doze.service: [0-2]\.\d OK", done.stdout)


class Desktop:
    """A session's environment in which `systemctl` and `doze` only say how they were called."""

    def __init__(self, folder):
        self.home, self.calls = folder / "home", folder / "calls"
        self.bin = folder / "bin"
        self.home.mkdir()
        self.bin.mkdir()
        self.calls.touch()

    def program(self, name, answers=""):
        file = self.bin / name
        file.write_text(f'#!/bin/sh\necho "{name} $*" >>{self.calls}\ncase "$*" in\n{answers}esac\n', encoding="utf-8")
        file.chmod(0o755)

    def log_in(self, **environment):
        done = subprocess.run([str(AUTOSTART)], capture_output=True, text=True, timeout=PATIENCE,
                              env={"PATH": f"{self.bin}:/usr/bin:/bin", "HOME": str(self.home), **environment})
        assert done.returncode == 0 and done.stdout + done.stderr == "", done
        return self.calls.read_text(encoding="utf-8").splitlines()


@pytest.fixture
def desktop(tmp_path):
    desktop = Desktop(tmp_path)
    desktop.program("doze")
    return desktop


def test_the_session_starts_the_unit_for_who_enabled_it(desktop):
    desktop.program("systemctl")
    assert desktop.log_in(DISPLAY=":0") == [
        "systemctl --user show-environment", "systemctl --user --quiet is-enabled doze.service",
        "systemctl --user import-environment DISPLAY", "systemctl --user start doze.service"]


def test_the_session_starts_nothing_for_who_did_not(desktop):
    desktop.program("systemctl", "*is-enabled*) exit 1;;\n")
    (desktop.home / ".config/doze").mkdir(parents=True)
    (desktop.home / ".config/doze/services.yaml").touch()
    assert desktop.log_in(DISPLAY=":0")[-1] == "systemctl --user --quiet is-enabled doze.service"


def test_without_systemd_it_starts_doze_for_who_uses_it(desktop):
    desktop.program("systemctl", "*) exit 1;;\n")
    assert "doze run" not in desktop.log_in()
    (desktop.home / ".config/doze").mkdir(parents=True)
    (desktop.home / ".config/doze/services.yaml").touch()
    assert desktop.log_in()[-1] == "doze run"
