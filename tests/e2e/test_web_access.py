"""Who may talk over the web port: the same user on loopback; elsewhere whoever has the token, under TLS; nobody too often."""
import json
import os
import ssl
import subprocess
import sys

import pytest
from conftest import configure
from elsewhere import NOBODY, OWN_ADDRESS, TOKEN, needs_network, needs_root
from waiting import PATIENCE, wait_for
from web import HttpClient, WebSocket, ask

def assert_error(reply, status, code):
    assert reply.status == status and reply.json()["error"] == code, reply


@needs_root
def test_another_user_of_this_machine_gets_nothing(doze):
    doze.start()
    code = """
import socket, sys
port = int(sys.argv[1])
for more in ("", "Upgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Version: 13\\r\\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n"):
    s = socket.create_connection(("127.0.0.1", port))
    s.sendall(f"GET / HTTP/1.1\\r\\nHost: localhost:{port}\\r\\n{more}\\r\\n".encode())
    print(s.makefile().read().replace("\\n", " "))
"""
    port = doze.listens_on("web")
    done = subprocess.run([os.path.realpath(sys.executable), "-Ic", code, str(port)], capture_output=True, text=True, cwd="/",
                          user=NOBODY, group=NOBODY, extra_groups=[], check=True)
    replies = done.stdout.splitlines()
    assert len(replies) == 2
    for reply in replies:
        assert reply.startswith("HTTP/1.1 403 ") and json.loads(reply[reply.index("{"):])["error"] == "UNAUTHORIZED"


@needs_root
def test_another_user_of_this_machine_takes_no_place(doze):
    """They are told before they say anything, and half a request keeps nobody waiting."""
    doze.start()
    port = doze.listens_on("web")
    code = """
import resource, socket, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
crowd = []
for _ in range(2200):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    try:
        s.sendall(b"GET / HTTP/1.1\\r\\nX: ")
    except OSError:
        pass  # It was told already.
    crowd.append(s)
print(socket.create_connection(("127.0.0.1", int(sys.argv[1]))).makefile().readline(), flush=True)
sys.stdin.readline()
"""
    with subprocess.Popen([os.path.realpath(sys.executable), "-Ic", code, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True, cwd="/", user=NOBODY, group=NOBODY, extra_groups=[]) as other:
        told = other.stdout.readline()
        assert told.strip() in ("", "HTTP/1.1 403 Forbidden")
        for _ in range(5):
            assert ask(port).status == 200
        other.communicate("\n", timeout=PATIENCE)


@pytest.fixture
def open_to_all(doze, company, certificate):
    """The daemon where other machines reach it; this machine's own address stands for one of them."""
    configure(doze, company, web={"ip": "0.0.0.0", "password": True},
              security={"token": TOKEN, "certificate": str(certificate / "certificate.pem"), "key": str(certificate / "key.pem")})
    doze.start()
    yield doze.listens_on("web")
    assert TOKEN not in doze.log() + doze.output()


@pytest.fixture
def client(certificate, open_to_all):
    """Makes clients, of either kind, that come from elsewhere."""
    context = ssl.create_default_context(cafile=certificate / "certificate.pem")
    context.check_hostname = False
    made = []

    def make(kind, *arguments, host=OWN_ADDRESS, **headers):
        made.append(kind(open_to_all, *arguments, host=host, tls=context, **headers))
        return made[-1]

    yield make
    for each in made:
        each.close()


@needs_network
def test_whoever_has_the_token_may_talk(client, open_to_all):
    right = {"Authorization": f"Bearer {TOKEN}"}
    http = client(HttpClient)
    assert http.ask(**right).json() == {"status": "ok"}
    assert http.ask(target="/", **right).status == 200
    assert http.ask(Host="build-box.lan", **right).status == 200
    assert http.ask("OPTIONS", Origin=f"https://{OWN_ADDRESS}:{open_to_all}").status == 204  # Without, as browsers ask.
    websocket = client(WebSocket, **right)
    assert websocket.ask_command("PING")["message"] == "PONG"
    # A page needs no less for its token.
    assert_error(client(HttpClient).ask(Origin="https://evil.example", **right), 403, "UNAUTHORIZED")


@needs_network
@pytest.mark.parametrize("wrong", [None, "", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}0", f"Basic {TOKEN}", TOKEN,
                                   f"Bearer {TOKEN[:-1]}1"])
def test_nobody_else_may(client, wrong):
    for target in ("/", "/healthz"):
        refused = client(HttpClient).ask(target=target, Authorization=wrong)
        assert_error(refused, 401, "UNAUTHORIZED")
        assert refused.headers["www-authenticate"] == "Bearer"
    assert_error(client(WebSocket, Authorization=wrong).answer, 401, "UNAUTHORIZED")
    # Who shows three wrong ones must wait.
    if wrong is None:
        return assert_error(client(HttpClient).ask(target="/nothing"), 401, "UNAUTHORIZED")

    def is_slowed(token):
        reply = client(WebSocket, Authorization=token).answer
        return reply.status == 429 and reply.json()["error"] == "RATE_LIMITED"

    # At first the pause is a second, which may be over by now; each further wrong one makes it longer.
    wait_for(lambda: is_slowed(wrong) and is_slowed(f"Bearer {TOKEN}"), "even the right one has to wait")


@needs_network
def test_the_same_user_needs_no_token_on_loopback(client):
    assert client(HttpClient, host="127.0.0.1").ask().status == 200


@needs_network
def test_nothing_goes_over_the_network_in_the_open(open_to_all):
    with HttpClient(open_to_all, OWN_ADDRESS) as plain:
        assert plain.ask(Authorization=f"Bearer {TOKEN}") is None


def test_a_flood_is_limited_and_harms_nobody(doze, company):
    configure(doze, company, security={"requests_per_second": 20})
    doze.start()
    port = doze.listens_on("web")
    with HttpClient(port) as flood, WebSocket(port) as other, WebSocket(port) as flooding:
        # All that come at once are looked at in less time than it takes until so many would be allowed.
        flood.send(f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode() * 400)
        replies = [flood.reply() for _ in range(400)]
        flood.close()
        refused = [reply for reply in replies if reply and reply.status == 429]
        assert refused and replies[0].status == 200
        assert_error(refused[0], 429, "RATE_LIMITED")
        assert refused[0].headers["retry-after"] == "1"
        for _ in range(1000):
            flooding.send_text({"id": "7", "type": "PING"})
        contents = [flooding.until(lambda reply: reply.get("id") == "7")["content"] for _ in range(1000)]
        assert contents[0] == {"message": "PONG"} and sum(each.get("error") == "RATE_LIMITED" for each in contents) > 100
        assert other.ask_command("PING")["message"] == "PONG"
    assert ask(port).status == 200
