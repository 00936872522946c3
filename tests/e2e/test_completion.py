"""`doze completion` and `doze man`: made from the command line itself, and taken by the programs that they are for."""
import os
import re
import subprocess

import pytest
from daemon import clean_environment
from sandbox import BINARY
from terminal import Terminal
from waiting import PATIENCE, wait_for

COMPLETE_IN_BASH = """
source <("$0" completion bash)
COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=("$0")
_doze
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def environment(tmp_path):
    """Shells that find `doze`, and nothing of whoever runs the tests."""
    return clean_environment(tmp_path, PATH=f"{BINARY.parent}:{os.environ['PATH']}")


def script(shell):
    return subprocess.run([str(BINARY), "completion", shell], capture_output=True, text=True, check=True).stdout


def in_bash(line, environment):
    done = subprocess.run(["bash", "--norc", "-c", COMPLETE_IN_BASH, str(BINARY), line], capture_output=True, text=True,
                          env=environment, timeout=PATIENCE)
    return done.stdout.split()


def commands():
    """All words that the help has."""
    text = subprocess.run([str(BINARY), "--help"], capture_output=True, text=True, check=True).stdout
    return re.findall(r"^  ([a-z][a-z-]*) {2,}", text.split("A TARGET")[0], re.M)


@pytest.mark.parametrize("line, expected", [
    ("doze li", ["list"]),
    ("doze list ", ["all", "ec2", "ecs", "eks", "asg", "rds", "rds-cluster"]),
    ("doze list rds", ["rds", "rds-cluster"]),
    ("doze --json li", ["list"]),
    ("doze --color ", ["auto", "always", "never"]),
    ("doze --state-dir /list li", ["list"]),
    ("doze run --log-level w", ["warning"]),
    ("doze auth s", ["status", "set"]),
    ("doze auth set --pro", ["--profile"]),
    ("doze auth set --profile s", []),
    ("doze config ", ["check", "show", "registered"]),
    ("doze completion ", ["bash", "zsh", "fish"]),
    ("doze register --d", ["--description", "--desired-size"]),
    ("doze nonsense --js", ["--json"]),
    ("doze unregister ", []),  # No daemon runs.
])
def test_bash_completes(environment, line, expected):
    assert in_bash(line, environment) == expected


def test_every_word_of_the_help_is_completed(environment):
    assert in_bash("doze ", environment) == commands()
    for shell in ("zsh", "fish"):
        for command in commands():
            assert re.search(rf"\b{command}\b", script(shell))


def test_folders_are_completed(environment, tmp_path):
    (tmp_path / "folder").mkdir()
    assert in_bash(f"doze --state-dir {tmp_path}/fo", environment) == [f"{tmp_path}/folder"]


def test_targets_are_those_that_the_daemon_knows(doze, company):
    doze.start()
    environment = {**doze.environment, "DOZE_STATE_DIR": str(doze.state), "DOZE_CONFIG_DIR": str(doze.config)}
    assert in_bash("doze start ec2:us-", environment) == [
        f"us-east-1:{company.ids[name]}" for name in sorted(("web", "db", "batch"), key=company.ids.get)]
    assert in_bash(f"doze stop ec2:us-east-1:{company.ids['web']}", environment) == [company.ids["web"]]
    assert company.ids["ci"] in " ".join(in_bash("doze register ec2:", environment))
    assert company.ids["web"] not in " ".join(in_bash("doze register ec2:", environment))


def test_names_are_taken_as_they_are(environment, tmp_path):
    """A name may hold what a shell would run."""
    fake = tmp_path / "bin" / "doze"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\n[ \"$1\" = completion ] && exec '{BINARY}' \"$@\"\n"
                    f"echo 'asg:us-east-1:$(touch {tmp_path}/ran)'\n")
    fake.chmod(0o755)
    done = subprocess.run(["bash", "--norc", "-c", COMPLETE_IN_BASH, str(fake), "doze start asg"], capture_output=True,
                          text=True, env=environment, timeout=PATIENCE)
    assert done.stdout == f"asg:us-east-1:\\$\\(touch\\ {tmp_path}/ran\\)\n"
    assert not (tmp_path / "ran").exists()


def test_a_bash_that_somebody_types_into_completes(environment):
    terminal = Terminal(["bash", "--norc", "-i"], {**environment, "PS1": "> "})
    try:
        terminal.type("source <(doze completion bash)\n")
        terminal.type("doze unreg\t--help\n")
        terminal.wait_raw("Take a registration back")
    finally:
        terminal.close()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_take_the_script(shell, environment, tmp_path):
    file = tmp_path / "script"
    file.write_text(script(shell))
    done = subprocess.run([shell, "-n", str(file)], capture_output=True, text=True, env=environment, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("line, expected", [
    ("doze li", ["list"]), ("doze list rds", ["rds", "rds-cluster"]), ("doze auth se", ["set"]),
    ("doze run --log-level w", ["warning"]), ("doze register --des", ["--description", "--desired-size"])])
def test_fish_completes(environment, tmp_path, line, expected):
    file = tmp_path / "doze.fish"
    file.write_text(script("fish"))
    done = subprocess.run(["fish", "-N", "-c", f"source '{file}'; complete -C '{line}'"], capture_output=True, text=True,
                          env=environment, timeout=PATIENCE)
    assert [found.split("\t")[0] for found in done.stdout.splitlines()] == expected, done.stderr


def test_fish_completes_by_source(environment):
    done = subprocess.run(["fish", "-N", "-c", "doze completion fish | source; complete -C 'doze auth se'"], capture_output=True,
                          text=True, env=environment, timeout=PATIENCE)
    assert done.stdout.split("\t")[0] == "set", done.stderr


def test_zsh_completes_by_source(environment):
    terminal = Terminal(["zsh", "-f", "-i"], {**environment, "PS1": "> ", "TERM": "dumb"})
    try:
        terminal.type("autoload -Uz compinit && compinit -u -D && source <(doze completion zsh) && echo re''ady\n")
        terminal.wait_raw("ready")
        for times in (1, 2):  # Also once it has run.
            for line, said in (("doze auth for\t--help", "Take away the key pair"),
                               ("clear; doze --js\tlist --help", "doze list ec2 --region us-east-1")):
                terminal.type(f"{line}\n")
                wait_for(lambda: terminal.pump() or terminal.raw.count(said) == times,
                         f"the shell completes and runs {line!r}")
    finally:
        terminal.close()


def test_a_zsh_that_somebody_types_into_completes(environment, tmp_path):
    folder = tmp_path / "zfunc"
    folder.mkdir()
    (folder / "_doze").write_text(script("zsh"))
    terminal = Terminal(["zsh", "-f", "-i"], {**environment, "PS1": "> ", "TERM": "dumb"})
    try:
        terminal.type(f"fpath=('{folder}' $fpath); autoload -Uz compinit && compinit -u -D && echo re''ady\n")
        terminal.wait_raw("ready")
        terminal.type("doze unreg\t--help\n")
        terminal.wait_raw("Take a registration back")
        terminal.type("doze auth for\t--help\n")
        terminal.wait_raw("Take away the key pair")
    finally:
        terminal.close()


def test_the_manual_page_is_rendered_without_a_warning(tmp_path):
    page = subprocess.run([str(BINARY), "man"], capture_output=True, text=True, check=True).stdout
    assert page.isascii()
    file = tmp_path / "doze.1"
    file.write_text(page)
    lint = subprocess.run(["mandoc", "-Tlint", "-Wstyle", str(file)], capture_output=True, text=True, timeout=PATIENCE)
    assert lint.stdout + lint.stderr == ""
    groff = subprocess.run(["groff", "-ww", "-man", "-Tutf8", "-P-cbou", str(file)], capture_output=True, text=True, timeout=PATIENCE)
    assert groff.stderr == ""
    for command in commands():
        assert re.search(rf"^ +{command}\b", groff.stdout, re.M), command
    assert "--busy-cpu-percent N" in groff.stdout
    assert "keyboard ×12" in groff.stdout
    assert "doze is not running" in groff.stdout  # The exit codes.
