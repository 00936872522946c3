"""The journal sick, the wake well: whatever happens to the files of the state folder while things sleep, what doze put to
sleep is woken, doze mends the files by itself, and no second daemon writes the same journal."""
import os
import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing, contextmanager

import pytest
from asleep import AWAKE, PUT_TO_SLEEP
from sandbox import BINARY
from waiting import PATIENCE, wait_for


def fall_asleep(doze):
    doze.start()
    doze.leave()
    wait_for(lambda: doze.asleep() == PUT_TO_SLEEP, f"doze has seen everything asleep; it says {doze.asleep()}")


def open_rows(file):
    """None while it is just being made."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as journal:
            return journal.execute("SELECT count(*) FROM intents").fetchone()[0]
    except sqlite3.OperationalError:
        return None


@contextmanager
def between_two_steps(doze):
    """It does nothing meanwhile."""
    doze.process.send_signal(signal.SIGSTOP)
    yield
    doze.process.send_signal(signal.SIGCONT)


def remove(doze):
    shutil.rmtree(doze.state)


def cut(doze):
    os.truncate(doze.state / "doze.db", 0)


def obstruct(doze):
    """The folder is gone and can't be made again."""
    shutil.rmtree(doze.state)
    doze.state.write_text("in the way")


@pytest.mark.parametrize("mishap", [remove, cut, obstruct])
def test_what_sleeps_is_woken_whatever_happened_to_the_journal(doze, company, screen, mishap):
    doze.allowed_errors += ["journal", "socket", "was damaged"]
    fall_asleep(doze)
    with between_two_steps(doze):
        mishap(doze)
    wait_for(lambda: screen.type("a") or company.states() == AWAKE, "everything is as it was")
    if mishap is obstruct:
        doze.state.unlink()
    wait_for(doze.answers, "the command line's socket is there again")
    wait_for(lambda: not doze.asleep() and open_rows(doze.state / "doze.db") == 0, "the journal is as it should be")
    assert doze.state.stat().st_mode & 0o777 == 0o700
    journal = doze.json("status")["journal"]
    assert journal["trouble"] is None and journal["notes"]


def test_what_is_gone_is_made_anew_while_nobody_is_there_and_survives_a_kill(doze, company, screen):
    doze.allowed_errors += ["journal", "socket"]
    fall_asleep(doze)
    with between_two_steps(doze):
        shutil.rmtree(doze.state)
    wait_for(lambda: doze.answers() and open_rows(doze.state / "doze.db") == len(PUT_TO_SLEEP), "it is made anew")
    doze.kill()
    doze.start()
    doze.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")


def test_one_bad_row_costs_no_other(doze, company, screen):
    doze.allowed_errors += ["journal"]
    fall_asleep(doze)
    doze.kill()
    with sqlite3.connect(doze.state / "doze.db") as journal:
        journal.execute("UPDATE intents SET step = 'snoring' WHERE resource = 'ecs:us-east-1:dev/web'")
    journal.close()
    doze.start()
    doze.return_to(screen)
    wait_for(lambda: company.states() == {**AWAKE, "ecs web": "0"}, "everything else is as it was")
    [note] = doze.json("status")["journal"]["notes"]
    assert "ecs:us-east-1:dev/web" in note and "kept as" in note
    [kept] = doze.state.glob("doze.db.damaged-*")
    assert open_rows(kept) == len(PUT_TO_SLEEP)


def test_no_second_daemon_whatever_happens_to_the_lock(doze):
    doze.start()
    (doze.state / "doze.lock").unlink()
    second = subprocess.run([str(BINARY), "run", "--config-dir", str(doze.config), "--state-dir", str(doze.state)],
                            env=doze.environment, capture_output=True, text=True, timeout=PATIENCE)
    assert second.returncode == 1
    assert "Another doze" in second.stderr
    lock = doze.state / "doze.lock"
    wait_for(lambda: lock.exists() and lock.read_text().strip() == str(doze.process.pid), "the lock is made anew")
    assert doze.json("status")["journal"]["trouble"] is None


def test_what_a_kill_left_half_written_is_gone_at_the_next_start(doze):
    left = [doze.config / ".services.yaml.aB3dE6", doze.config / ".settings.json.aB3dE6"]
    for file in left:
        file.write_text("half")
    doze.start()
    assert not any(file.exists() for file in left)
