"""An AWS account that throttles as AWS says it does, and whose resources take their time to stop and start.

It counts the calls; where a bucket is empty the call is refused as AWS refuses it. EC2's buckets: the EC2 API reference,
"Request throttling". ECS's: the ECS API reference, the same. EKS and Application Auto Scaling publish none; ECS's are assumed.
"""
import json
import random
import re
import threading
import time
import urllib.parse
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What one call takes from: (name of the bucket, most tokens, tokens a second). One bucket per account, region and name.
READ_EC2, CHANGE_EC2, START_EC2 = ("read", 100, 20), ("change", 50, 5), ("start", 5, 2)
READ_CLUSTER, READ_SERVICE, CHANGE_SERVICE = ("cluster", 50, 20), ("services", 100, 20), ("service", 50, 5)
REQUESTS = {
    "DescribeInstances": READ_EC2, "StopInstances": CHANGE_EC2, "StartInstances": START_EC2,
    "ListClusters": READ_CLUSTER, "DescribeClusters": READ_CLUSTER, "DescribeCluster": READ_CLUSTER,
    "ListServices": READ_SERVICE, "DescribeServices": READ_SERVICE, "UpdateService": CHANGE_SERVICE,
    "DescribeScalableTargets": READ_SERVICE, "ListNodegroups": READ_SERVICE, "DescribeNodegroup": READ_SERVICE, "UpdateNodegroupConfig": CHANGE_SERVICE,
}
# One token for each instance.
INSTANCES = {"StopInstances": ("stopped", 1000, 20), "StartInstances": ("started", 1000, 2)}

# Seconds that a change takes, at least and at most.
STOP, START, TASKS, UPDATE = (5, 20), (4, 15), (2, 12), (5, 20)

CLUSTER = "dev"
ROW = ("<item><reservationId>r-1</reservationId><ownerId>123456789012</ownerId><groupSet/><instancesSet><item>"
       "<instanceId>{identity}</instanceId><instanceState><code>{code}</code><name>{state}</name></instanceState>"
       "<reason>{reason}</reason><instanceType>{type}</instanceType><placement><availabilityZone>{zone}</availabilityZone>"
       "</placement><rootDeviceType>ebs</rootDeviceType></item></instancesSet></item>")
CODES = {"pending": 0, "running": 16, "stopping": 64, "stopped": 80}
IDENTITY = ("<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/dev</Arn><UserId>AIDA</UserId>"
            "<Account>123456789012</Account></GetCallerIdentityResult>")


class Refusal(Exception):
    def __init__(self, status, code, message="Refused."):
        super().__init__(message)
        self.status, self.code = status, code


class Bucket:
    def __init__(self, most, per_second):
        self.most, self.per_second, self.tokens, self.at = most, per_second, most, time.monotonic()

    def take(self, count):
        now = time.monotonic()
        self.tokens = min(self.most, self.tokens + (now - self.at) * self.per_second)
        self.at = now
        if self.tokens < count:
            return False
        self.tokens -= count
        return True


class Instance:
    def __init__(self, identity, kind, zone):
        self.identity, self.type, self.zone = identity, kind, zone
        self.state, self.until, self.reason = "running", 0.0, ""

    def now(self):
        if self.state in ("pending", "stopping") and time.monotonic() >= self.until:
            self.state = {"pending": "running", "stopping": "stopped"}[self.state]
        return self.state

    def change(self, operation, span):
        start = operation == "StartInstances"
        if self.now() == ("stopping" if start else "pending"):
            raise Refusal(400, "IncorrectInstanceState", f"The instance '{self.identity}' is not in the right state.")
        if self.now() == ("stopped" if start else "running"):
            self.state, self.until = ("pending" if start else "stopping"), time.monotonic() + span
            at = time.strftime("%Y-%m-%d %H:%M:%S GMT", time.gmtime())
            self.reason = "" if start else f"User initiated ({at})"

    def row(self):
        return ROW.format(identity=self.identity, code=CODES[self.now()], state=self.now(), reason=self.reason,
                          type=self.type, zone=self.zone)


class Sized:
    """An ECS service or an EKS node group: it has its new size at once, and what it holds follows later."""

    def __init__(self, desired, least=0, most=0):
        self.desired, self.least, self.most, self.until, self.before = desired, least, most, 0.0, desired

    def moves(self):
        return time.monotonic() < self.until

    def change(self, span, desired, least=0, most=0):
        self.before = self.desired if not self.moves() else self.before
        self.desired, self.least, self.most, self.until = desired, least, most, time.monotonic() + span

    def service(self, name):
        running = self.before if self.moves() else self.desired
        return {"serviceName": name, "status": "ACTIVE", "desiredCount": self.desired, "runningCount": running,
                "pendingCount": max(0, self.desired - running), "schedulingStrategy": "REPLICA"}

    def nodegroup(self, name):
        return {"nodegroup": {"clusterName": CLUSTER, "nodegroupName": name, "status": "UPDATING" if self.moves() else "ACTIVE",
                              "scalingConfig": {"minSize": self.least, "desiredSize": self.desired, "maxSize": self.most},
                              "instanceTypes": ["t3.large"]}}


class Account:
    """`regions` -> {"instances": n, "services": n, "nodegroups": n}, served on loopback."""

    def __init__(self, regions):
        self._dice = random.Random(20260301)
        self._lock = threading.Lock()
        self._buckets = {}
        self.calls, self.throttled, self.unknown = Counter(), Counter(), Counter()
        self.instances = {region: {} for region in regions}
        self.services = {region: {} for region in regions}
        self.nodegroups = {region: {} for region in regions}
        for index, (region, counts) in enumerate(regions.items()):
            for number in range(counts["instances"]):
                identity = f"i-{index:02x}{number:015x}"
                self.instances[region][identity] = Instance(identity, ["t3.small", "m5.large", "c6i.large"][number % 3],
                                                            region + "ab"[number % 2])
            for number in range(counts["services"]):
                self.services[region][f"service-{number:03d}"] = Sized(number % 5 + 1)
            for number in range(counts["nodegroups"]):
                self.nodegroups[region][f"nodes-{number:03d}"] = Sized(2, 1, 4)
        self._serve()

    def reset_counts(self):
        with self._lock:
            for counter in (self.calls, self.throttled, self.unknown):
                counter.clear()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    # -- the wire -----------------------------------------------------------------------------------------------------

    def _serve(self):
        account = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                status, kind, answer = account.answer(self.command, self.path, self.headers, body)
                head = f"HTTP/1.1 {status} -\r\nContent-Type: {kind}\r\nContent-Length: {len(answer)}\r\n\r\n"
                self.wfile.write(head.encode() + answer.encode())

            do_POST = do_GET

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, method, path, headers, body):
        region, service = re.search(r"Credential=[^/]*/\d+/([^/]+)/([^/]+)/", headers["Authorization"]).groups()
        form = dict(urllib.parse.parse_qsl(body)) if "urlencoded" in headers.get("Content-Type", "") else {}
        operation, arguments = self._operation(service, method, path, headers, form, body)
        with self._lock:
            try:
                self._admit(service, region, operation, arguments)
                said = getattr(self, operation)(region, arguments) if operation in REQUESTS else self._other(operation)
            except Refusal as refusal:
                return refusal.status, "text/xml" if form else "application/json", self._refused(service, refusal)
        if isinstance(said, dict):
            return 200, "application/json", json.dumps(said)
        return 200, "text/xml", f"<{operation}Response>{said}</{operation}Response>"

    @staticmethod
    def _operation(service, method, path, headers, form, body):
        if service == "eks":
            parts = urllib.parse.unquote(path.split("?")[0]).strip("/").split("/")
            name = {1: "ListClusters", 2: "DescribeCluster", 3: "ListNodegroups", 4: "DescribeNodegroup"}.get(
                len(parts), "UpdateNodegroupConfig")
            return name, {"parts": parts, **(json.loads(body) if body else {})}
        if service == "ec2":
            return form["Action"], {"ids": [value for key, value in form.items()
                                            if re.fullmatch(r"(InstanceId|Filter\.1\.Value)\.\d+", key)]}
        target = headers.get("X-Amz-Target", "").rpartition(".")[2]
        return target or form.get("Action", path), json.loads(body) if target else form

    @staticmethod
    def _refused(service, refusal):
        if service in ("ecs", "eks", "application-autoscaling"):
            return json.dumps({"__type": refusal.code, "message": str(refusal)})
        return f"<Response><Errors><Error><Code>{refusal.code}</Code><Message>{refusal}</Message></Error></Errors></Response>"

    def _admit(self, service, region, operation, arguments):
        self.calls[operation] += 1
        wanted = [(REQUESTS[operation], 1)] if operation in REQUESTS else []
        if operation in INSTANCES:
            wanted.append((INSTANCES[operation], len(arguments["ids"])))
        for (name, most, per_second), count in wanted:
            bucket = self._buckets.setdefault((service, region, name), Bucket(most, per_second))
            if not bucket.take(count):
                self.throttled[operation] += 1
                if service == "ec2":
                    raise Refusal(503, "RequestLimitExceeded", "Request limit exceeded.")
                raise Refusal(429 if service == "eks" else 400, "ThrottlingException", "Rate exceeded")

    def _other(self, operation):
        """Asked for by a newer doze, perhaps: there is nothing of it here."""
        if operation == "GetCallerIdentity":
            return IDENTITY
        self.unknown[operation] += 1
        return {}

    # -- the operations -------------------------------------------------------------------------------------------------

    def DescribeInstances(self, region, arguments):
        all_instances = self.instances[region]
        wanted = arguments["ids"] or list(all_instances)
        return f"<reservationSet>{''.join(all_instances[one].row() for one in wanted)}</reservationSet>"

    def _change_instances(self, operation, region, arguments, span):
        for one in arguments["ids"]:
            self.instances[region][one].change(operation, self._dice.uniform(*span))
        rows = "".join(f"<item><instanceId>{one}</instanceId></item>" for one in arguments["ids"])
        return f"<instancesSet>{rows}</instancesSet>"

    def StopInstances(self, region, arguments):
        return self._change_instances("StopInstances", region, arguments, STOP)

    def StartInstances(self, region, arguments):
        return self._change_instances("StartInstances", region, arguments, START)

    def ListClusters(self, region, arguments):
        if "parts" in arguments:
            return {"clusters": [CLUSTER] if self.nodegroups[region] else []}
        return {"clusterArns": [f"arn:aws:ecs:{region}:123456789012:cluster/{CLUSTER}"] if self.services[region] else []}

    def DescribeClusters(self, region, arguments):
        return {"clusters": [{"clusterName": name.rpartition("/")[2], "status": "ACTIVE"} for name in arguments["clusters"]]}

    def ListServices(self, region, arguments):
        names = list(self.services[region])
        first, size = int(arguments.get("nextToken", 0)), arguments.get("maxResults", 10)
        more = {"nextToken": str(first + size)} if first + size < len(names) else {}
        return {"serviceArns": [f"arn:aws:ecs:{region}:123456789012:service/{CLUSTER}/{name}"
                                for name in names[first:first + size]], **more}

    def DescribeServices(self, region, arguments):
        if len(arguments["services"]) > 10:
            raise Refusal(400, "InvalidParameterException", "At most 10 services.")
        return {"services": [self.services[region][name].service(name) for name in arguments["services"]], "failures": []}

    def UpdateService(self, region, arguments):
        service = self.services[region][arguments["service"]]
        service.change(self._dice.uniform(*TASKS), arguments["desiredCount"])
        return {"service": service.service(arguments["service"])}

    def DescribeScalableTargets(self, region, arguments):
        return {"ScalableTargets": []}

    def DescribeCluster(self, region, arguments):
        return {"cluster": {"name": arguments["parts"][1], "status": "ACTIVE"}}

    def ListNodegroups(self, region, arguments):
        return {"nodegroups": list(self.nodegroups[region])}

    def DescribeNodegroup(self, region, arguments):
        name = arguments["parts"][3]
        return self.nodegroups[region][name].nodegroup(name)

    def UpdateNodegroupConfig(self, region, arguments):
        group, wanted = self.nodegroups[region][arguments["parts"][3]], arguments["scalingConfig"]
        if group.moves():
            raise Refusal(409, "ResourceInUseException", "Nodegroup cannot be updated as it is currently not in Active State")
        group.change(self._dice.uniform(*UPDATE), wanted["desiredSize"], wanted["minSize"], wanted["maxSize"])
        return {"update": {"id": "u-1", "status": "InProgress"}}
