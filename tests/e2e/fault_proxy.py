"""An HTTP proxy in front of the AWS emulator that does to chosen requests what a bad day does.

    proxy = FaultProxy(sandbox.endpoint)
    stop = proxy.on("StopInstances").hold()         # the request waits here, before AWS sees it
    stop.wait_arrived(10); stop.forward()           # or stop.drop()
    proxy.on("UpdateService").hold_answer()         # AWS has done it, the answer waits here
    proxy.on("StartInstances", times=2).fail(500, "InsufficientInstanceCapacity", "No room.")
    proxy.on("DescribeInstances").drop()            # also .drop_answer(), .cut_body(), .delay(seconds)
    proxy.on("*", region="eu-west-1").reset()       # half the answer, then the connection is reset

A rule without `times` holds until removed; rules are tried in the order they were made, and the first that fits acts.
What the whole of AWS is like at present (bad_days.py) is asked for besides:

    proxy.slow_ec2(stopping=3, pending=3)           # stops and starts take time, as at AWS
    proxy.fail_starts(times=1)                      # accepted, and stopped again for lack of capacity
    proxy.shift_clock(1200)                         # AWS's clock runs ahead: signatures are too old
    proxy.expire_key("AKIDOLD")                     # its session token is over
    proxy.repeat_token()                            # every page of DescribeInstances names the same next page
"""
import json
import os
import re
import socket
import struct
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bad_days import ExpiredKeys, FailedStarts, RepeatedToken, ShiftedClock, SlowInstances
from sandbox import KEY_ID, SECRET

JSON_SERVICES = ("ecs", "eks", "application-autoscaling")

# EKS operations by method and path (their only names on the wire).
EKS_OPERATIONS = [
    ("GET", r"/clusters", "ListClusters"),
    ("GET", r"/clusters/[^/]+", "DescribeCluster"),
    ("GET", r"/clusters/[^/]+/node-groups", "ListNodegroups"),
    ("GET", r"/clusters/[^/]+/node-groups/[^/]+", "DescribeNodegroup"),
    ("POST", r"/clusters/[^/]+/node-groups/[^/]+/update-config", "UpdateNodegroupConfig"),
    ("GET", r"/clusters/[^/]+/updates/[^/]+", "DescribeUpdate"),
]


@dataclass
class Call:
    """One request as it went by."""
    operation: str
    service: str
    region: str
    path: str
    body: str
    at: float = field(default_factory=time.monotonic)
    access_key: str = ""
    signed_at: str = ""  # X-Amz-Date
    status: int = 0  # what the client was answered; 0: nothing (yet)
    method: str = "POST"
    headers: dict = field(default_factory=dict)  # names in lower case
    through_proxy_to: str = ""  # the host that was wanted, where the client took this for its proxy
    answer: bytes = b""
    answer_type: str = ""


def read_call(method, path, headers, body):
    scope = re.search(r"Credential=([^/]*)/\d+/([^/]+)/([^/]+)/", headers.get("Authorization", ""))
    access_key, region, service = scope.groups() if scope else ("", "", "")
    text = body.decode("utf-8", "replace")
    plain = urllib.parse.unquote(path.split("?")[0])
    operation = headers.get("X-Amz-Target", "").rpartition(".")[2]
    if not operation and service == "eks":
        operation = next((name for verb, pattern, name in EKS_OPERATIONS
                          if verb == method and re.fullmatch(pattern, plain)), "")
    if not operation:
        operation = urllib.parse.parse_qs(text).get("Action", [""])[0]
    return Call(operation or f"{method} {plain}", service, region, path, text, access_key=access_key,
                signed_at=headers.get("X-Amz-Date", ""), method=method,
                headers={name.lower(): value for name, value in headers.items()})


def error_body(service, code, message):
    if service in JSON_SERVICES:
        return "application/x-amz-json-1.1", json.dumps({"__type": code, "message": message}).encode()
    if service != "ec2":
        text = (f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
                "<RequestId>00000000-0000</RequestId></ErrorResponse>")
    else:
        text = (f'<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>{code}</Code>'
                f"<Message>{message}</Message></Error></Errors><RequestID>00000000-0000</RequestID></Response>")
    return "text/xml", text.encode()


class Rule:
    """What happens to requests of one operation. Made by FaultProxy.on()."""

    def __init__(self, operation, contains, times, region):
        self.operation, self.contains, self.left, self.region = operation, contains, times, region
        self.kind = None
        self.arrived = 0  # requests that this rule acted on
        self._changed = threading.Condition()
        self._verdict = None

    # -- what to do ---------------------------------------------------------------------------------------------------

    def hold(self):
        """Keeps the request back until forward() or drop(): AWS has not seen it."""
        return self._become("hold")

    def hold_answer(self):
        """Hands the request on, and keeps the answer back until forward() or drop()."""
        return self._become("hold_answer")

    def fail(self, status, code, message="It was told to fail."):
        self.status, self.code, self.message = status, code, message
        return self._become("fail")

    def answer(self, status, body, content_type="text/html"):
        """Any body at all, such as a load balancer's page."""
        self.status, self.body, self.content_type = status, body.encode(), content_type
        return self._become("answer")

    def drop(self):
        """Closes the connection before AWS sees the request. On a held one: closes it now."""
        if self.kind in ("hold", "hold_answer"):
            return self._decide("drop")
        return self._become("drop")

    def drop_answer(self):
        """AWS does it; the connection closes before the answer."""
        return self._become("drop_answer")

    def cut_body(self):
        """Announces the whole answer and sends half of it."""
        return self._become("cut_body")

    def reset(self):
        """Announces the whole answer, sends half of it and resets the connection (TCP RST)."""
        return self._become("reset")

    def delay(self, seconds):
        self.seconds = seconds
        return self._become("delay")

    # -- for the one who holds ------------------------------------------------------------------------------------------

    def wait_arrived(self, seconds=30, count=1):
        """Waits until `count` requests were here."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.arrived >= count, seconds):
                raise AssertionError(f"{self.operation} did not come by within {seconds} s")
        return self

    def forward(self):
        """Lets what is held, and what comes later, go on."""
        return self._decide("forward")

    # -- inside -----------------------------------------------------------------------------------------------------------

    def _become(self, kind):
        with self._changed:
            self.kind = kind
            self._changed.notify_all()
        return self

    def _decide(self, verdict):
        with self._changed:
            self._verdict = verdict
            self._changed.notify_all()
        return self

    def note_arrival(self):
        with self._changed:
            self.arrived += 1
            self._changed.notify_all()

    def wait_verdict(self):
        with self._changed:
            self._changed.wait_for(lambda: self._verdict is not None)
            return self._verdict

    def fits(self, call):
        return (self.kind is not None and self.operation in (call.operation, "*") and self.left != 0
                and self.region in (call.region, "") and self.contains in call.body + call.path)


class FaultProxy:
    def __init__(self, upstream, tls=None):
        """`tls`: an ssl.SSLContext with a certificate for localhost; none is plain HTTP."""
        self.connections = 0
        self._upstream = urllib.parse.urlsplit(upstream).netloc
        self._lock = threading.Lock()
        self._rules = []
        self._calls = []
        self._record = []
        self.secrets = {KEY_ID: SECRET}  # by access key: what signatures are checked with; others are not
        self._start_day()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                proxy._serve(self)

            do_POST = do_PUT = do_DELETE = do_GET

            def log_message(self, *_):
                pass

            def date_time_string(self, timestamp=None):
                return super().date_time_string((timestamp or time.time()) + proxy.clock.ahead)

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def get_request(self):
                proxy.connections += 1
                return super().get_request()

            def handle_error(self, request, client_address):
                pass  # A client that was killed breaks its connections.

        self._server = Server(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
            self.endpoint = f"https://localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.clear()
        self._server.shutdown()
        self._server.server_close()

    def on(self, operation, contains="", times=-1, region=""):
        """A rule for `operation` ("*": any) in `region` (any) whose body or path contains `contains`. It does nothing
        until told what."""
        rule = Rule(operation, contains, times, region)
        with self._lock:
            self._rules.append(rule)
        return rule

    def remove(self, rule):
        """Forgets the rule; what it still holds is dropped."""
        with self._lock:
            if rule in self._rules:
                self._rules.remove(rule)
        rule._decide("drop") if rule._verdict is None else None

    def clear(self):
        """As if just made: no rules, nothing held, no calls seen."""
        for rule in list(self._rules):
            self.remove(rule)
        with self._lock:
            self._calls = []
        self._start_day()

    def slow_ec2(self, stopping=0.0, pending=0.0):
        self.slow.stopping, self.slow.pending = stopping, pending

    def fail_starts(self, times=-1):
        self.failed_starts.left = times
        return self.failed_starts

    def shift_clock(self, seconds):
        self.clock.ahead = seconds

    def expire_key(self, key):
        self.expired.keys.add(key)

    def repeat_token(self, wanted=True):
        self.repeated.wanted = wanted

    def calls(self, operation=None):
        with self._lock:
            return [call for call in self._calls if operation in (None, call.operation)]

    def record(self):
        """Every call since the proxy was made, whatever was cleared."""
        with self._lock:
            return list(self._record)

    # -- inside ---------------------------------------------------------------------------------------------------------

    def _start_day(self):
        self.slow, self.failed_starts = SlowInstances(), FailedStarts()
        self.clock, self.expired, self.repeated = ShiftedClock(), ExpiredKeys(), RepeatedToken()
        self._day = (self.clock, self.expired, self.slow, self.failed_starts, self.repeated)

    def _pick(self, call):
        with self._lock:
            self._calls.append(call)
            self._record.append(call)
            rule = next((rule for rule in self._rules if rule.fits(call)), None)
            if rule and rule.left > 0:
                rule.left -= 1
        if rule:
            rule.note_arrival()
        return rule

    def _serve(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        # As proxies are asked: "POST http://host/path".
        host, path = re.fullmatch(r"(?:http://([^/]+))?(.*)", handler.path).groups()
        handler.path = path
        call = read_call(handler.command, path, handler.headers, body)
        call.through_proxy_to = host or ""
        rule = self._pick(call)
        kind = rule.kind if rule else None
        if kind == "delay":
            time.sleep(rule.seconds)
        if kind == "drop" or (kind == "hold" and rule.wait_verdict() == "drop"):
            return self._break(handler)
        if kind == "fail":
            return self._reply(handler, call, rule.status, *error_body(call.service, rule.code, rule.message))
        if kind == "answer":
            return self._reply(handler, call, rule.status, rule.content_type, rule.body)
        for part in self._day:
            if refusal := part.refusal(call):
                return self._reply(handler, call, refusal[0], *error_body(call.service, *refusal[1:]))
            if answer := part.own_answer(call):
                return self._reply(handler, call, 200, "text/xml", answer)
        try:
            status, content_type, answer = self._forward(handler, body)
        except (OSError, HTTPException):
            return self._break(handler)
        if status < 300:
            for part in self._day:
                part.note_accepted(call)
                answer = part.rewrite(call, answer)
        if kind == "drop_answer" or (kind == "hold_answer" and rule.wait_verdict() == "drop"):
            return self._break(handler)
        self._reply(handler, call, status, content_type, answer, cut=kind if kind in ("cut_body", "reset") else None)

    def _forward(self, handler, body):
        connection = HTTPConnection(self._upstream, timeout=60)
        try:
            headers = {name: value for name, value in handler.headers.items()
                       if name.lower() not in ("connection", "expect", "content-length", "accept-encoding")}
            connection.request(handler.command, handler.path, body, headers)
            response = connection.getresponse()
            return response.status, response.headers.get("Content-Type", "text/xml"), response.read()
        finally:
            connection.close()

    @staticmethod
    def _reply(handler, call, status, content_type, body, cut=None):
        call.status, call.answer, call.answer_type = status, body, content_type
        handler.send_response(status)
        handler.send_header("Content-Type", content_type)
        if call.service in JSON_SERVICES and status >= 400 and b"__type" in body:
            handler.send_header("X-Amzn-Errortype", json.loads(body)["__type"])
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2] if cut else body)
        if cut == "reset":
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(handler.connection.detach())  # A close() would wait for the handler's files, and begin with a FIN.
        if cut:
            handler.close_connection = True

    @staticmethod
    def _break(handler):
        handler.close_connection = True
        handler.connection.shutdown(socket.SHUT_RDWR)
