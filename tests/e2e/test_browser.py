"""A real browser: what a page from elsewhere can do to doze (nothing), and what doze's own page shows."""
import os
import signal
from contextlib import contextmanager

import pytest
from browser import Browser, Site
from claims import free_port
from conftest import configure
from waiting import wait_for
from web import ask

# What a page may try: to read, to change, to listen.
ATTEMPTS = """
const base = '127.0.0.1:%d';
const attempt = async (name, doing) => { try { return [name, await doing()]; } catch (error) { return [name, 'refused']; } };
const socket = (path) => new Promise((done) => {
  const connection = new WebSocket('ws://' + base + path);
  connection.onmessage = (message) => done(JSON.parse(message.data).type);
  connection.onerror = () => done('refused');
});
return Object.fromEntries(await Promise.all([
  attempt('read', async () => (await (await fetch('http://' + base + '/healthz')).json()).status),
  attempt('post', async () => (await fetch('http://' + base + '/healthz', {method: 'POST', body: '{}'})).status),
  attempt('put', async () => (await fetch('http://' + base + '/healthz', {method: 'PUT', body: '{}'})).status),
  attempt('ws', () => socket('/ws')),
  attempt('root', () => socket('/')),
]));
"""


@pytest.fixture
def port(doze, company):
    doze.start()
    return doze.listens_on("web")


@contextmanager
def opened(browser, url):
    process = browser.open(url)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def what_it_can(tmp_path, port, host, *arguments):
    with Site(ATTEMPTS % port) as site, opened(Browser(tmp_path, *arguments), f"http://{host}:{site.port}/"):
        return site.result()


def test_a_page_from_elsewhere_can_do_nothing(tmp_path, port):
    assert what_it_can(tmp_path, port, "127.0.0.1") == dict.fromkeys(["read", "post", "put", "ws", "root"], "refused")


def test_an_allowed_page_can(tmp_path, doze, company):
    origin = f"http://127.0.0.1:{free_port()}"
    configure(doze, company, web={"allowed_origins": [origin]})
    doze.start()
    port = doze.listens_on("web")
    assert ask(port, Origin=origin).status == 200
    with Site(ATTEMPTS % port, int(origin.rpartition(":")[2])) as site, opened(Browser(tmp_path), f"{origin}/"):
        assert site.result() == {"read": "ok", "post": 405, "put": 405, "ws": "connection", "root": "connection"}


def test_a_name_that_is_pointed_here_is_refused(tmp_path, port):
    browser = Browser(tmp_path, "--host-resolver-rules=MAP evil.example 127.0.0.1")
    shown = browser.text_of(f"http://evil.example:{port}/")
    assert "does not answer to the host" in shown and "<script" not in shown


@pytest.mark.parametrize("language, word", [("en", "You are"), ("ko", "자리에")])
def test_the_page_shows_the_status(tmp_path, doze, port, language, word):
    browser = Browser(tmp_path, f"--accept-lang={language}", "--virtual-time-budget=20000")
    wanted = [word, "ec2:us-east-1", doze.json("status")["version"]]

    def is_shown():  # The browser's clock runs ahead of a WebSocket: a busy machine may need another try.
        shown = browser.text_of(f"http://localhost:{port}/")
        return all(each in shown for each in wanted)

    wait_for(is_shown, "the page shows the status")
