"""The web port: HTTP, WebSockets and the page, for the person's own programs and pages and for nobody else's."""
import json
import random
import socket
from pathlib import Path

import pytest
import web
from conftest import configure
from waiting import wait_for
from web import HttpClient, WebSocket, ask

FRIEND = "http://localhost:5173"
WEB = Path(__file__).parents[2] / "web"
PING = {"id": "7", "type": "PING"}


def start(doze):
    doze.start()
    doze.wait_log("Source x11-keyboard is running")
    doze.wait_log("Source x11-pointer is running")
    return doze.listens_on("web")


@pytest.fixture
def port(doze, company):
    """The web port of a daemon that runs, and has a friend."""
    configure(doze, company, web={"allowed_origins": [FRIEND]})
    return start(doze)


def assert_refused(reply, status, code):
    assert reply.status == status, reply
    assert reply.headers["content-type"] == "application/json"
    error = reply.json()
    assert error["error"] == code and error["message"]
    assert "access-control-allow-origin" not in reply.headers


# -- WebSockets -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/ws", "/", "/ws?v=1"])
def test_a_websocket_is_greeted_and_takes_both_forms(doze, port, path):
    with WebSocket(port, path) as client:
        assert client.greeting["type"] == "connection" and client.greeting["status"] == "connected"
        assert client.ask_command("PING")["message"] == "PONG"
        pong = client.ask_command(PING)
        assert pong["type"] == "PONG" and pong["id"] == "7"
        seen = wait_for(lambda: doze.json("list", "ec2")["instances"], "the instances are seen")
        assert {each["id"] for each in client.ask_command("LIST_EC2")} == {each["id"] for each in seen}
        assert client.ask_command("NONSENSE")["error"] == "UNKNOWN_COMMAND"


def test_a_websocket_hears_events_from_its_start(port, screen):
    with WebSocket(port) as client:
        screen.type("a")
        client.until(lambda message: message["type"] == "USER_ACTIVITY")


def test_a_message_may_come_in_pieces(port):
    with WebSocket(port) as client:
        text = json.dumps({**PING, "content": {"text": "잠"}}).encode()
        for i, byte in enumerate(text):
            client.send_frame(web.TEXT if i == 0 else 0, bytes([byte]), final=i == len(text) - 1)
            if i == 5:
                client.send_frame(web.PING, b"there?")
        assert client.until(lambda message: message["type"] == "PONG")["id"] == "7"


@pytest.mark.parametrize("frame, code", [
    (dict(opcode=web.BINARY, payload=b"PING"), 1003),
    (dict(opcode=web.TEXT, payload=b"\xff\xfe"), 1007),
    (dict(opcode=web.TEXT, payload=b"\xed\xa0\x80"), 1007),
    (dict(opcode=web.TEXT, payload=b"x" * 65537), 1009),
    (dict(opcode=0, payload=b"of nothing"), 1002),
    (dict(opcode=3, payload=b"no such opcode"), 1002),
    (dict(opcode=web.TEXT, payload=b"PING", masked=False), 1002),
    (dict(opcode=web.TEXT, payload=b"PING", reserved=4), 1002),
    (dict(opcode=web.PING, payload=b"x" * 126), 1002),
    (dict(opcode=web.CLOSE, payload=b"\x03\xe8"), 1000),
], ids=lambda value: str(value)[:30])
def test_what_is_no_message_ends_with_its_code(port, frame, code):
    with WebSocket(port) as client, WebSocket(port) as other:
        client.send_frame(**frame)
        assert client.ended_with() == code
        assert other.ask_command("PING")["message"] == "PONG"


def test_one_who_never_reads_costs_little_and_slows_nobody(doze, port, screen):
    with WebSocket(port) as slow:
        before = doze.settled_memory()
        slow.socket.settimeout(1)
        with pytest.raises(TimeoutError):
            while True:  # Until doze takes no more of it.
                slow.send_text("STATUS")
        assert doze.memory() - before < 8 * 1024
        with WebSocket(port) as other:
            screen.type("a")
            other.until(web.is_event)
            assert other.ask_command("PING")["message"] == "PONG"


# -- who may talk -----------------------------------------------------------------------------------------------------------


def test_only_loopback_names_are_answered(port):
    for host in (f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}", f"LOCALHOST:{port}"):
        assert ask(port, Host=host).status == 200
        with WebSocket(port, Host=host) as client:
            assert client.answer.status == 101
    for host in (f"evil.example:{port}", "evil.example", f"localhost.evil.example:{port}", "localhost", "127.0.0.1:1",
                 f"192.168.0.1:{port}", ""):
        assert_refused(ask(port, Host=host), 403, "UNAUTHORIZED")
        with WebSocket(port, Host=host) as client:
            assert_refused(client.answer, 403, "UNAUTHORIZED")
    # What is no host at all is no request of HTTP.
    assert ask(port, Host=None).status == 400 and ask(port, Host=f"localhost:{port}@evil.example").status == 400


def test_pages_from_elsewhere_are_refused(port):
    for origin in ("http://evil.example", f"http://evil.example:{port}", "null", f"https://localhost:{port}", "http://localhost:3000",
                   FRIEND + "0", FRIEND + "/", FRIEND.upper(), ""):
        for method in ("GET", "POST", "OPTIONS"):
            assert_refused(ask(port, method, Origin=origin, Access_Control_Request_Method="POST"), 403, "UNAUTHORIZED")
        with WebSocket(port, Origin=origin) as client:
            assert_refused(client.answer, 403, "UNAUTHORIZED")


def test_its_own_page_and_allowed_ones_are_not(port):
    for origin in (f"http://localhost:{port}", f"http://127.0.0.1:{port}", f"http://[::1]:{port}", FRIEND):
        reply = ask(port, Origin=origin)
        assert reply.status == 200
        assert reply.headers["access-control-allow-origin"] == origin and "Origin" in reply.headers["vary"]
        preflight = ask(port, "OPTIONS", "/api/v1/status", Origin=origin, Access_Control_Request_Method="POST")
        assert preflight.status == 204 and "POST" in preflight.headers["access-control-allow-methods"]
        with WebSocket(port, Origin=origin) as client:
            assert client.ask_command("PING")["message"] == "PONG"


def test_the_friends_may_change_while_it_runs(doze, company, port):
    configure(doze, company, web={"port": port, "allowed_origins": ["https://other.example"]})

    def is_let_in():
        try:
            reply = ask(port, Origin="https://other.example")
        except ConnectionError:  # The server is just being opened anew.
            return False
        return reply is not None and reply.status == 200

    wait_for(is_let_in, "the other is let in")
    assert_refused(ask(port, Origin=FRIEND), 403, "UNAUTHORIZED")


# -- HTTP -------------------------------------------------------------------------------------------------------------------


def test_its_health_and_its_page(port):
    assert ask(port).json() == {"status": "ok"}
    for language, word in (("ko-KR,ko;q=0.9,en;q=0.8", "ko"), ("en", "en"), ("de", "en"), (None, "en")):
        page = ask(port, target="/", Accept_Language=language)
        assert page.status == 200 and page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["content-language"] == word and f'<html lang="{word}">'.encode() in page.body
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none';") and "unsafe" not in policy and "http" not in policy
    assert "nonce" not in policy and "script-src 'self'" in policy and "style-src 'self'" in policy
    assert b"{{" not in page.body
    assert page.headers["x-content-type-options"] == "nosniff" and page.headers["x-frame-options"] == "DENY"


def test_the_files_of_its_page(port):
    """Whatever is in web/ is served, with its type, and not again to who has it."""
    types = {".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
             ".svg": "image/svg+xml"}
    for file in (file for file in WEB.rglob("*") if file.is_file()):
        target = "/" if file.name == "index.html" else f"/{file.relative_to(WEB)}"
        reply = ask(port, target=target)
        assert reply.status == 200 and reply.headers["content-type"] == types[file.suffix], file
        assert reply.body == file.read_bytes().replace(b"{{language}}", b"en") and b"innerHTML" not in reply.body
        assert reply.headers["cache-control"] == "no-cache"
        again = ask(port, target=target, If_None_Match=reply.headers["etag"])
        assert again.status == 304 and again.body == b"" and again.headers["etag"] == reply.headers["etag"]
        head = ask(port, "HEAD", target)
        assert head.status == 200 and head.headers["content-length"] == str(len(reply.body))


def test_a_connection_carries_many_requests(port):
    with HttpClient(port) as client:
        client.send(b"".join(b"GET /healthz HTTP/1.1\r\nHost: localhost:%d\r\n\r\n" % port for _ in range(20)))
        assert [client.reply().status for _ in range(20)] == [200] * 20
        head = client.ask("HEAD")
        assert head.status == 200 and head.body == b"" and int(head.headers["content-length"]) > 0
        assert client.ask(Connection="close").headers["connection"] == "close"
        assert client.is_ended()


def test_what_it_does_not_know_is_refused(port):
    assert_refused(ask(port, target="/nothing"), 404, "NOT_FOUND")
    assert_refused(ask(port, target="/%2e%2e/etc/passwd"), 404, "NOT_FOUND")
    refused = ask(port, "DELETE", "/")
    assert_refused(refused, 405, "BAD_REQUEST")
    assert refused.headers["allow"] == "GET, HEAD, OPTIONS"
    assert_refused(ask(port, target="/ws"), 426, "BAD_REQUEST")
    assert_refused(ask(port, target="http://localhost/"), 400, "BAD_REQUEST")
    assert_refused(ask(port, target="/%zz"), 400, "BAD_REQUEST")


def test_what_is_too_large_is_refused(port):
    assert_refused(ask(port, X="x" * 8192), 431, "TOO_LARGE")
    assert_refused(ask(port, target="/" + "x" * 8192), 414, "TOO_LARGE")
    assert_refused(ask(port, "POST", body=b"x" * 65537), 413, "TOO_LARGE")
    assert_refused(ask(port, "POST", Content_Length=str(1 << 62)), 413, "TOO_LARGE")
    chunk = b"10001\r\n" + b"x" * 65537 + b"\r\n0\r\n\r\n"
    assert_refused(ask(port, "POST", body=chunk, Content_Length=None, Transfer_Encoding="chunked"), 413, "TOO_LARGE")


def test_a_request_that_never_ends_is_ended(port):
    with HttpClient(port) as slow, HttpClient(port) as slow_body:
        slow.send(b"GET / HTTP/1.1\r\nHost: lo")
        slow_body.send(b"POST / HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: 9\r\n\r\nx" % port)
        assert_refused(slow.reply(), 408, "BAD_REQUEST")
        assert_refused(slow_body.reply(), 408, "BAD_REQUEST")
        assert slow.is_ended() and slow_body.is_ended()
        assert ask(port).status == 200


def test_the_ambiguous_is_refused(port):
    """What a proxy and a server could read differently (request smuggling)."""
    head = b"POST / HTTP/1.1\r\nHost: localhost:%d\r\n" % port
    for more in (b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                 b"Host: evil.example\r\n\r\n", b"Content-Length: -1\r\n\r\n", b"Content-Length: 1x\r\n\r\nx",
                 b"A : b\r\n\r\n", b"A\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"):
        with HttpClient(port) as client:
            client.send(head + more)
            assert_refused(client.reply(), 400, "BAD_REQUEST")
            assert client.is_ended()


def test_random_bytes_harm_nobody(doze, port):
    chance = random.Random(5)
    before = doze.settled_memory()
    begins = [b"", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: localhost:%d\r\n" % port, b"\x16\x03\x01"]
    for turn in range(300):
        with HttpClient(port) as client:
            try:
                client.send(chance.choice(begins) + chance.randbytes(chance.randrange(1, 3000)))
                if turn % 3 == 0:
                    client.socket.shutdown(socket.SHUT_WR)
                    client.is_ended()
            except OSError:
                pass
    for _ in range(100):
        with WebSocket(port) as client:
            try:
                client.send(chance.randbytes(chance.randrange(1, 3000)))
            except OSError:
                pass
    assert ask(port).status == 200
    assert doze.memory() - before < 8 * 1024


def test_many_idle_connections_make_room(doze, port):
    with WebSocket(port) as listener:
        idle = []
        try:
            for _ in range(3000):
                idle.append(socket.create_connection(("127.0.0.1", port)))
                if len(idle) % 500 == 0:
                    assert ask(port).status == 200
            assert listener.ask_command("PING")["message"] == "PONG"
        finally:
            for connection in idle:
                connection.close()
    assert doze.json("status")["presence"]


def test_the_port_may_be_taken(doze, company):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        configure(doze, company, web={"port": taken.getsockname()[1]})
        doze.allowed_errors.append("web.port")
        doze.start()
        doze.wait_log(r"\[web\] - The web server can't use .*: another program has it")
        configure(doze, company)
        assert ask(doze.listens_on("web")).status == 200


# -- the dashboard of the original ------------------------------------------------------------------------------------------


def test_the_dashboard_of_the_original(doze, port, screen):
    with WebSocket(port, "/ws", Origin=FRIEND) as client:
        assert client.greeting["type"] == "connection" and client.greeting["status"] == "connected"
        refreshed = client.ask_command({"action": "refresh_service", "service": "ec2"})
        assert refreshed["type"] == "REFRESH_EC2"
        running = next(each for each in refreshed["content"]["instances"] if each["state"] == "running" and each["managed"])
        elsewhere = "eu-west-1" if running["region"] == "us-east-1" else "us-east-1"

        def state_in(message):
            return next((each["state"] for each in message["content"]["instances"]
                         if (each["id"], each["region"]) == (running["id"], running["region"])), None)

        def switch(action, wanted, nested):
            request = {"action": action, "instanceId": running["id"], "region": elsewhere}
            reply = client.ask_command({"type": "CLIENT_REQUEST", "content": request} if nested else request)
            assert reply["type"] == "AWS_EC2_UPDATE", reply
            assert state_in(reply), "the whole list has it"
            # And what became of it is told to everybody.
            if state_in(reply) != wanted:
                client.until(lambda event: event["type"] == "AWS_EC2_UPDATE" and state_in(event) == wanted)

        switch("stopInstance", "stopped", nested=False)
        switch("startInstance", "running", nested=True)
        refused = client.ask_command({"action": "startInstance", "instanceId": "i-00000000000000009", "region": elsewhere})
        assert refused["type"] == "AWS_EC2_ERROR" and refused["content"]["error"] and refused["content"]["message"]


# -- the page's password ----------------------------------------------------------------------------------------------------


@pytest.fixture
def guarded(doze, company):
    """The web port of a daemon whose page wants a password."""
    configure(doze, company, web={"password": True})
    return start(doze)


def say(client, kind, **content):
    return client.ask_command({"id": "1", "type": kind, "content": content})


def test_the_password_of_the_page(doze, guarded, screen):
    with WebSocket(guarded) as first, WebSocket(guarded) as other:
        assert say(first, "PASSWORD_STATUS_CHECK")["content"] == {"isInitialSetup": True, "required": True}
        assert say(first, "CREATE_PASSWORD", password="short")["content"]["success"] is False
        created = say(first, "CREATE_PASSWORD", password="correct horse")
        assert created["type"] == "PASSWORD_CREATE_RESPONSE" and created["content"]["success"] is True
        key = created["content"]["authKey"]
        assert first.ask_command("PING")["message"] == "PONG"

        assert say(other, "PASSWORD_STATUS_CHECK")["content"] == {"isInitialSetup": False, "required": True}
        assert say(other, "CREATE_PASSWORD", password="another horse")["content"]["success"] is False
        assert other.ask_command("STATUS")["error"] == "UNAUTHORIZED"
        refused = other.ask_command({"id": "7", "type": "STATUS"})
        assert refused["id"] == "7" and refused["content"]["error"] == "UNAUTHORIZED"
        assert say(other, "VERIFY_AUTH_KEY", authKey="0" * 64)["content"]["success"] is False
        wrong = say(other, "VERIFY_PASSWORD", password="wrong horse")
        assert wrong["type"] == "PASSWORD_VERIFY_RESPONSE" and wrong["content"]["success"] is False

        # What happens is told to those who may know it.
        screen.type("a")
        first.until(web.is_event)
        assert other.ask_command("PING")["error"] == "UNAUTHORIZED"  # And no event before it.
        assert say(other, "VERIFY_AUTH_KEY", authKey=key)["content"]["success"] is True
        assert other.ask_command("PING")["message"] == "PONG"
        screen.move()
        other.until(web.is_event)

        # REST wants the key as well.
        refused = ask(guarded, target="/api/v1/status")
        assert refused.status == 401 and refused.headers["www-authenticate"] == "Bearer"
        assert ask(guarded, target="/metrics", Authorization="Bearer " + "0" * 64).status == 401
        assert ask(guarded, target="/api/v1/status", Authorization=f"Bearer {key}").json()["presence"]
        assert ask(guarded).status == 200

        assert say(other, "LOGOUT")["content"]["success"] is True
        assert ask(guarded, target="/api/v1/status", Authorization=f"Bearer {key}").status == 401
        assert first.ask_command("PING")["error"] == "UNAUTHORIZED"
        assert say(first, "VERIFY_PASSWORD", password="correct horse")["content"]["success"] is True
    kept = doze.state / "web_password"
    assert kept.stat().st_mode & 0o777 == 0o600 and kept.read_text().startswith("$argon2id$")
    doze.stop()
    doze.start()
    with WebSocket(doze.listens_on("web")) as client:
        assert say(client, "VERIFY_AUTH_KEY", authKey=key)["content"]["success"] is False
        assert say(client, "VERIFY_PASSWORD", password="correct horse")["content"]["success"] is True
    assert ask(doze.listens_on("web"), target="/").status == 200
    for secret in (key, "correct horse", "wrong horse"):
        assert secret not in doze.log()


def test_the_page_is_locked_before_anybody_chose_a_password(doze, guarded, screen):
    with WebSocket(guarded) as client, WebSocket(guarded) as other:
        assert client.ask_command("AWAY")["error"] == "UNAUTHORIZED" and client.ask_command("LIST_EC2")["error"] == "UNAUTHORIZED"
        assert client.ask_command({"id": "7", "type": "STATUS"})["content"]["error"] == "UNAUTHORIZED"
        for target in ("/api/v1/status", "/api/v1/events", "/metrics", "/api/v1/openapi.json"):
            assert ask(guarded, target=target).status == 401
        assert ask(guarded, "POST", "/api/v1/commands/AWAY", Content_Length="0").status == 401
        screen.type("a")
        assert say(client, "PASSWORD_STATUS_CHECK")["type"] == "PASSWORD_STATUS"
        assert client.ask_command("PING")["error"] == "UNAUTHORIZED"  # And no event before it.
        assert say(client, "CREATE_PASSWORD", password="correct horse")["content"]["success"]
        assert client.ask_command("PING")["message"] == "PONG"
        assert other.ask_command("PING")["error"] == "UNAUTHORIZED"
    assert doze.presence() != "away"


def test_an_allowed_page_shows_its_key_once(doze, company):
    configure(doze, company, web={"password": True, "allowed_origins": [FRIEND, FRIEND + "0"]})
    port = start(doze)
    with WebSocket(port, Origin=FRIEND) as page:
        assert say(page, "CREATE_PASSWORD", password="correct horse")["content"]["success"]
    with WebSocket(port, Origin=FRIEND) as again, WebSocket(port, Origin=FRIEND + "0") as another, WebSocket(port) as program, \
            WebSocket(port, Origin=f"http://localhost:{port}") as own:
        assert again.ask_command("PING")["message"] == "PONG"
        for each in (another, program, own):
            assert each.ask_command("PING")["error"] == "UNAUTHORIZED"
        assert say(again, "LOGOUT")["content"]["success"]
    with WebSocket(port, Origin=FRIEND) as page:
        assert page.ask_command("PING")["error"] == "UNAUTHORIZED"
    assert ask(port, Origin="https://taxi-tabby.github.io").status == 403
    doze.wait_log(r"\[web\] - Pages of .https://taxi-tabby\.github\.io. may not use doze\. If this one should, add it to web\.allowed_origins")


def test_wrong_passwords_slow_down(guarded):
    with WebSocket(guarded) as client:
        assert say(client, "CREATE_PASSWORD", password="correct horse")["content"]["success"]
        for _ in range(3):
            assert "not the password" in say(client, "VERIFY_PASSWORD", password="wrong horse")["content"]["error"]

        def is_slowed(password):
            return "Try again in" in say(client, "VERIFY_PASSWORD", password=password)["content"].get("error", "")

        # At first the pause is a second, which may be over by now; each further wrong one makes it longer.
        wait_for(lambda: is_slowed("wrong horse") and is_slowed("correct horse"), "even the right one has to wait")
        wait_for(lambda: say(client, "VERIFY_PASSWORD", password="correct horse")["content"]["success"], "it may be tried again")


def test_without_a_password_nothing_is_asked(port):
    with WebSocket(port) as client:
        assert say(client, "PASSWORD_STATUS_CHECK")["content"] == {"isInitialSetup": False, "required": False}
        # The original's dashboard asks for a password unless it hears that one was right.
        let_in = client.receive()
        assert let_in["type"] == "PASSWORD_VERIFY_RESPONSE" and let_in["content"] == {"success": True}
        assert say(client, "VERIFY_AUTH_KEY", authKey="old")["content"]["success"] is True
        assert say(client, "CREATE_PASSWORD", password="correct horse")["content"]["success"] is False
