"""What AWS as a whole may be like on a bad day; fault_proxy.py asks each of these about every request."""
import re
import threading
import time
import urllib.parse
import xml.etree.ElementTree as xml
from datetime import datetime, timedelta, timezone

EC2_NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15"
SPACE = {"e": EC2_NAMESPACE}


def instance_ids(call):
    return [value for name, values in urllib.parse.parse_qs(call.body).items()
            if re.fullmatch(r"InstanceId\.\d+", name) for value in values]


class Day:
    """An ordinary one."""

    def refusal(self, call):
        """(status, code, message) of the error that AWS gives instead of carrying `call` out, or None."""

    def own_answer(self, call):
        """The body that AWS answers without anything coming of it, or None."""

    def note_accepted(self, call):
        """AWS carried `call` out."""

    def rewrite(self, call, body):
        """The answer as AWS would give it today."""
        return body


def rewritten(body, change):
    """A DescribeInstances answer after `change(instance element, its id)`."""
    xml.register_namespace("", EC2_NAMESPACE)
    root = xml.fromstring(body)
    for item in root.iterfind(".//e:instancesSet/e:item", SPACE):
        change(item, item.findtext("e:instanceId", namespaces=SPACE))
    return xml.tostring(root, encoding="utf-8", xml_declaration=True)


def set_state(item, state):
    item.find("e:instanceState/e:name", SPACE).text = state
    item.find("e:instanceState/e:code", SPACE).text = {"pending": "0", "stopping": "64", "stopped": "80"}[state]


class SlowInstances(Day):
    """Stops and starts that take time: until then an instance reads `stopping` or `pending`, and start and stop are
    refused with IncorrectInstanceState."""

    def __init__(self):
        self.stopping = self.pending = 0.0
        self._until = {}  # instance id -> (state, time)
        self._lock = threading.Lock()

    def in_transit(self, instance):
        with self._lock:
            state, until = self._until.get(instance, ("", 0.0))
            return state if time.monotonic() < until else ""

    def refusal(self, call):
        if call.service != "ec2" or call.operation not in ("StartInstances", "StopInstances"):
            return None
        wrong = "stopping" if call.operation == "StartInstances" else "pending"
        for instance in instance_ids(call):
            if self.in_transit(instance) == wrong:
                return 400, "IncorrectInstanceState", (
                    f"The instance '{instance}' is not in a state from which it can be " +
                    ("started." if wrong == "stopping" else "stopped."))
        return None

    def note_accepted(self, call):
        seconds, state = {"StopInstances": (self.stopping, "stopping"),
                          "StartInstances": (self.pending, "pending")}.get(call.operation, (0, ""))
        if call.service == "ec2" and seconds > 0:
            with self._lock:
                for instance in instance_ids(call):
                    self._until[instance] = (state, time.monotonic() + seconds)

    def rewrite(self, call, body):
        if call.operation != "DescribeInstances" or not self._until:
            return body

        def change(item, identity):
            if state := self.in_transit(identity):
                set_state(item, state)

        return rewritten(body, change)


class FailedStarts(Day):
    """Starts that AWS accepts and that come to nothing: pending for a second, then stopped, and why."""

    REASON = "Server.InsufficientInstanceCapacity"

    def __init__(self):
        self.left = 0
        self.failed = {}  # instance id -> until when it reads pending

    def own_answer(self, call):
        if call.operation != "StartInstances" or self.left == 0:
            for instance in instance_ids(call) if call.operation == "StartInstances" else []:
                self.failed.pop(instance, None)
            return None
        self.left -= 1
        self.failed.update({instance: time.monotonic() + 1 for instance in instance_ids(call)})
        rows = "".join(f"<item><instanceId>{instance}</instanceId><currentState><code>0</code><name>pending</name>"
                       "</currentState><previousState><code>80</code><name>stopped</name></previousState></item>"
                       for instance in instance_ids(call))
        return (f'<StartInstancesResponse xmlns="{EC2_NAMESPACE}/"><requestId>r</requestId><instancesSet>{rows}'
                "</instancesSet></StartInstancesResponse>").encode()

    def rewrite(self, call, body):
        if call.operation != "DescribeInstances" or not self.failed:
            return body

        def change(item, identity):
            if identity not in self.failed:
                return
            set_state(item, "pending" if time.monotonic() < self.failed[identity] else "stopped")
            text = f"{self.REASON}: Insufficient capacity to satisfy instance request"
            item.find("e:reason", SPACE).text = text
            why = item.find("e:stateReason", SPACE)
            if why is None:
                why = xml.SubElement(item, f"{{{EC2_NAMESPACE}}}stateReason")
            why.clear()
            for name, value in (("code", self.REASON), ("message", text)):
                xml.SubElement(why, f"{{{EC2_NAMESPACE}}}{name}").text = value

        return rewritten(body, change)


class ShiftedClock(Day):
    """AWS's clock runs `ahead` of this machine's by so many seconds. Signatures hold for five minutes either way."""

    def __init__(self):
        self.ahead = 0

    def refusal(self, call):
        if not call.signed_at:
            return None
        now = datetime.now(timezone.utc) + timedelta(seconds=self.ahead)
        signed = datetime.strptime(call.signed_at, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        late = now - signed
        if abs(late) <= timedelta(minutes=5):
            return None
        if call.service == "ec2":
            return 400, "RequestExpired", "Request has expired."
        stamp = now.strftime("%Y%m%dT%H%M%SZ")
        text = (f"Signature expired: {call.signed_at} is now earlier than {stamp} ({stamp} - 5 min.)" if late > timedelta(0)
                else f"Signature not yet current: {call.signed_at} is still later than {stamp} ({stamp} + 5 min.)")
        return 403, "SignatureDoesNotMatch" if call.service == "sts" else "InvalidSignatureException", text


class ExpiredKeys(Day):
    """Session credentials that are over."""

    def __init__(self):
        self.keys = set()

    def refusal(self, call):
        if call.access_key not in self.keys:
            return None
        if call.service == "ec2":
            return 400, "ExpiredToken", "The provided token has expired."
        return 403, "ExpiredTokenException", "The security token included in the request is expired"


class RepeatedToken(Day):
    """Every page of DescribeInstances says that the same page comes next."""

    def __init__(self):
        self.wanted = False
        self._pages = {}  # region -> the page that comes again and again

    def own_answer(self, call):
        return self._pages.get(call.region) if self.wanted and "NextToken=again" in call.body else None

    def rewrite(self, call, body):
        if not self.wanted or call.operation != "DescribeInstances":
            return body
        body = re.sub(rb"<nextToken\s*/>|<nextToken>.*?</nextToken>", b"", body)
        end = b"</DescribeInstancesResponse>"
        self._pages[call.region] = body.replace(end, b"<nextToken>again</nextToken>" + end)
        return self._pages[call.region]
