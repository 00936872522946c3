"""Stand-ins for the places that hand out keys: the EC2 instance metadata service, a container's credentials endpoint, the
SSO portal and its OIDC service, and STS. All on one port of loopback.

    keys = KeyServer()
    keys.environment()              # the variables that doze and botocore use to find it
    keys.lifetime = 60              # lifetime in seconds of keys made from now on
    keys.requests("/container")     # the requests received
"""
import json
import re
import threading
import time
import urllib.parse
from datetime import datetime, timedelta, timezone
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ACCOUNT = "123456789012"
ROLES = "/latest/meta-data/iam/security-credentials/"


def iso(seconds_from_now):
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds_from_now)).strftime("%Y-%m-%dT%H:%M:%SZ")


class KeyServer:
    def __init__(self, tls=None):
        """`tls`: an ssl.SSLContext with the certificate of localhost."""
        self.lifetime = 6 * 3600
        self.first_lifetimes = []  # Lifetimes in seconds of the next keys of the container and the instance, instead of `lifetime`.
        self.serial = 0  # Added to the keys of the container and the instance where it is not 0: 1, 2, ...
        self.keys_left = None  # Number of keys that the container and the instance still return; then they answer with HTTP 500.
        self.sso_token = "sso-token"
        self.renewed_token = "renewed-token"
        self.container_token = None  # The token that the container's endpoint requires.
        self.instance_region = "eu-north-1"
        self._seen = []
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                server._serve(self)

            do_POST = do_PUT = do_GET

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
            self.endpoint = f"https://localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def environment(self):
        return {"AWS_ENDPOINT_URL_STS": self.endpoint, "AWS_ENDPOINT_URL_SSO": self.endpoint,
                "AWS_ENDPOINT_URL_SSO_OIDC": self.endpoint, "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.endpoint,
                "AWS_EC2_METADATA_DISABLED": "false"}

    def requests(self, path=""):
        """(method, path, headers, body) of each request whose path begins with this."""
        with self._lock:
            return [seen for seen in self._seen if seen[1].startswith(path)]

    # -- inside ---------------------------------------------------------------------------------------------------------

    def _serve(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0)).decode()
        with self._lock:
            self._seen.append((handler.command, handler.path, dict(handler.headers.items()), body))
        url = urllib.parse.urlsplit(handler.path)
        status, answer = self._answer(handler.command, url, handler.headers, body)
        headers = {}
        if isinstance(answer, dict):
            if status >= 400:
                headers["x-amzn-errortype"] = answer["__type"]
            answer = json.dumps(answer)
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": len(answer.encode())}.items():
            handler.send_header(name, str(value))
        handler.end_headers()
        handler.wfile.write(answer.encode())

    def _answer(self, method, url, headers, body):
        if url.path.startswith("/latest/"):
            return self._instance(method, url.path, headers)
        if url.path == "/container":
            if self.container_token is not None and headers.get("Authorization") != self.container_token:
                return 401, {"__type": "Unauthorized"}
            return self._hand_out("AKCONTAINER")
        if url.path == "/federation/credentials":
            if headers.get("x-amz-sso_bearer_token") not in (self.sso_token, self.renewed_token):
                return 401, {"__type": "UnauthorizedException", "message": "Session token not found or invalid"}
            query = urllib.parse.parse_qs(url.query)
            key = f"ASIASSO{query['role_name'][0]}{query['account_id'][0]}"
            return 200, {"roleCredentials": {
                "accessKeyId": key, "secretAccessKey": "secret", "sessionToken": "token",
                "expiration": int((time.time() + self.lifetime) * 1000)}}
        if url.path == "/token":
            asked = json.loads(body)
            if asked != {"grantType": "refresh_token", "clientId": "client", "clientSecret": "client-secret",
                         "refreshToken": "refresh"}:
                return 400, {"__type": "InvalidGrantException", "message": "no"}
            return 200, {"accessToken": self.renewed_token, "expiresIn": 3600, "refreshToken": "next",
                         "tokenType": "Bearer"}
        return self._sts(headers, urllib.parse.parse_qs(body))

    def _hand_out(self, key):
        """(status, keys) of the container or the instance."""
        with self._lock:
            if self.keys_left == 0:
                return 500, "broken"
            if self.keys_left is not None:
                self.keys_left -= 1
            if self.serial:
                key += f"-{self.serial}"
                self.serial += 1
            lifetime = self.first_lifetimes.pop(0) if self.first_lifetimes else self.lifetime
        return 200, {"Code": "Success", "AccessKeyId": key, "SecretAccessKey": "secret", "Token": "token",
                     "Expiration": iso(lifetime)}

    def _instance(self, method, path, headers):
        if path == "/latest/api/token":
            if method != "PUT" or not headers.get("x-aws-ec2-metadata-token-ttl-seconds"):
                return 400, {"__type": "BadRequest"}
            return 200, "session"
        if headers.get("x-aws-ec2-metadata-token") != "session":
            return 401, {"__type": "Unauthorized"}  # Like an instance that accepts version 2 only.
        if path == ROLES + "desk-role":
            return self._hand_out("AKINSTANCE")
        answers = {ROLES: "desk-role",
                   "/latest/meta-data/placement/region": self.instance_region,
                   "/latest/meta-data/placement/availability-zone/": self.instance_region + "a"}
        return (200, answers[path]) if path in answers else (404, {"__type": "NotFound"})

    def _sts(self, headers, form):
        """Keys whose ID is a hash of the request and its sender."""
        operation = form["Action"][0]
        signer = re.search(r"Credential=([^/]*)/", headers.get("Authorization", ""))
        signer = signer.group(1) if signer else "nobody"
        if operation == "GetCallerIdentity":
            result = (f"<Arn>arn:aws:iam::{ACCOUNT}:user/{signer}</Arn><UserId>X</UserId>"
                      f"<Account>{ACCOUNT}</Account>")
        else:
            asked = {name: values for name, values in form.items() if name not in ("RoleSessionName", "Version")}
            key = "ASIA" + sha1(json.dumps([signer, asked], sort_keys=True).encode()).hexdigest()[:16].upper()
            result = (f"<Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>"
                      f"<SessionToken>token</SessionToken><Expiration>{iso(self.lifetime)}</Expiration></Credentials>"
                      f"<AssumedRoleUser><Arn>arn:aws:sts::{ACCOUNT}:assumed-role/r/s</Arn>"
                      "<AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser>")
        return 200, (f'<{operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{operation}Result>{result}'
                     f"</{operation}Result></{operation}Response>")
