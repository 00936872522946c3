"""What another user of the machine could change is not used: by the daemon, the command line or the doctor."""
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from elsewhere import NOBODY, needs_root


def lay_link(path, to, owner):
    path.symlink_to(to)
    os.lchown(path, owner, owner)


def foreign_state(doze):
    doze.state.mkdir()
    os.chown(doze.state, NOBODY, NOBODY)


def shared_state(doze):
    doze.state.mkdir()
    doze.state.chmod(0o777)


def state_below_a_foreign_folder(doze):
    above = doze.folder / "above"
    doze.state = above / "state"
    doze.state.mkdir(parents=True)
    os.chown(above, NOBODY, NOBODY)


def linked_state(doze):
    (doze.folder / "real").mkdir()
    lay_link(doze.state, doze.folder / "real", NOBODY)


def foreign(name):
    def lay(doze):
        doze.state.mkdir()
        (doze.state / name).write_text("")
        os.chown(doze.state / name, NOBODY, NOBODY)
    lay.__name__ = f"foreign_{name}"
    return lay


def linked_log(doze):
    doze.state.mkdir()
    lay_link(doze.state / "aws_monitor.log", doze.folder / "precious", NOBODY)


def shared_settings(doze):
    (doze.config / "settings.json").chmod(0o666)


def linked_services(doze):
    file = doze.config / "services.yaml"
    file.rename(doze.config / "elsewhere.yaml")
    lay_link(file, "elsewhere.yaml", NOBODY)


def foreign_config(doze):
    os.chown(doze.config, NOBODY, NOBODY)


@needs_root
@pytest.mark.parametrize("lay", [
    foreign_state, shared_state, state_below_a_foreign_folder, linked_state, foreign("doze.db"), foreign("doze.db-journal"),
    foreign("doze.lock"), foreign("doze.sock"), foreign("aws_monitor.1.log"), linked_log, shared_settings, linked_services,
    foreign_config], ids=lambda lay: lay.__name__)
def test_it_is_refused_with_what_mends_it(doze, lay):
    precious = doze.folder / "precious"
    precious.write_text("precious")
    lay(doze)
    doze.launch()
    assert doze.ended() == 1
    output = doze.output()
    assert "another user" in output or "Other users" in output, output
    assert "chown" in output or "chmod" in output or "rm '" in output, output
    assert precious.read_text() == "precious"
    if lay not in (foreign_state, linked_log, shared_settings):
        return
    doctor = json.loads(doze.cli("doctor", "--json").stdout)["findings"]
    assert any(line["state"] == "fail" and line["fix"] and line["finding"] in output for line in doctor), doctor


@needs_root
def test_the_command_line_talks_to_no_server_of_another_user(doze, tmp_path):
    """Not even where the folder is one's own: the socket may have been there before."""
    doze.state.mkdir()
    doze.state.chmod(0o755)
    listener = socket.socket(socket.AF_UNIX)
    path = doze.state / "doze.sock"
    code = "import socket, sys; s = socket.socket(fileno=0); s.listen(); sys.stdout.write('x'); sys.stdout.flush(); s.accept()[0].recv(1)"
    listener.bind(str(path))
    with subprocess.Popen([os.path.realpath(sys.executable), "-Ic", code], stdin=listener, stdout=subprocess.PIPE, cwd="/",
                          user=NOBODY, group=NOBODY, extra_groups=[]) as other:
        assert other.stdout.read(1) == b"x"
        done = doze.cli("status")
        assert done.returncode == 1 and "another user" in done.stderr, done.stderr
        other.kill()


def test_ones_own_links_and_roots_files_are_fine(doze):
    elsewhere = doze.folder / "dotfiles"
    elsewhere.mkdir()
    settings = doze.config / "settings.json"
    settings.rename(elsewhere / "settings.json")
    settings.symlink_to(Path("..") / "dotfiles" / "settings.json")
    doze.start()
    assert doze.stop() == 0
