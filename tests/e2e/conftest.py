"""What the end-to-end tests stand on: the real binary, a pretended AWS, a real X server."""
import subprocess
from contextlib import ExitStack, closing

import conformance
import pytest
from daemon import Doze, free_udp_port, make_settings
from fault_proxy import FaultProxy
from sandbox import BINARY, Sandbox
from screen import Screen


def pytest_sessionstart(session):
    if not BINARY.exists() and not session.config.option.collectonly:
        pytest.exit(f"{BINARY} is not built: run `make build`, or name the binary in the variable DOZE", returncode=2)


@pytest.fixture(scope="session")
def emulator():
    sandbox = Sandbox()
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def company(emulator):
    """The small company of scripts/sandbox.py, fresh for each test."""
    emulator.reset()
    emulator.fill()
    return emulator


@pytest.fixture
def proxy(emulator):
    """Whatever a test is about, each request that passed is one that botocore would have sent, with its signature."""
    proxy = FaultProxy(emulator.endpoint)
    yield proxy
    proxy.close()
    assert not conformance.problems(proxy.record(), proxy.secrets)


@pytest.fixture
def screen():
    screen = Screen()
    yield screen
    screen.close()


@pytest.fixture
def outliving():
    """Takes what has a close(), gives it back, and closes it after the daemons: the end of their world is no trouble of theirs."""
    with ExitStack() as stack:
        yield lambda one: stack.enter_context(closing(one))


@pytest.fixture
def make_doze(tmp_path, outliving, proxy, screen):
    """Makes daemons by environment; at the end each is killed, and its log must hold no error that was not allowed.

    (Asks for the proxy, the screen and what a test has `outliving` so that they are there until then.)"""
    made = []

    def make(**environment):
        doze = Doze(tmp_path / f"doze{len(made)}", environment)
        doze.port = free_udp_port()
        made.append(doze)
        return doze

    yield make
    for doze in made:
        doze.end()
    for doze in made:
        assert not doze.unexpected_errors()


@pytest.fixture
def doze(make_doze, company, proxy, screen):
    """A daemon in the company, behind the proxy and before a screen, configured but not started.

    Tests that need a person who leaves call `configure(doze, company, timeout_minutes=...)` of their own."""
    doze = make_doze(DISPLAY=screen.display, **company.environment(proxy.endpoint))
    configure(doze, company)
    return doze


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A folder with certificate.pem, which nobody but itself vouches for, and its key.pem."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", folder / "key.pem", "-out",
                    folder / "certificate.pem", "-subj", "/CN=doze"], check=True, capture_output=True)
    return folder


def configure(doze, company, services=None, **settings):
    company.write_config(doze.config, make_settings(doze.port, **settings), services)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test shows the daemon's log."""
    outcome = yield
    report = outcome.get_result()
    if report.when == "call" and report.failed:
        for value in getattr(item, "funcargs", {}).values():
            if isinstance(value, Doze):
                report.sections.append(("log of doze", value.log() or value.output() if value.process else ""))
