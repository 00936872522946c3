"""The original's dashboard as doze sees it: what its three builds send, and how they handle each message."""
import json
import time

from waiting import PATIENCE
from web import WebSocket

TIMER = ("TIMER_START", "TIMER_TICK", "TIMER_END")


class Dashboard:
    """Each message replaces its tables; nothing is merged, and replies are not matched to requests."""

    def __init__(self, port, **headers):
        self.socket = WebSocket(port, "/ws", **headers)
        self.instances, self.ecs, self.eks = [], [], []
        self.timer = None  # (nowtime, maxtime); without one it shows a red 00:00:00.
        self.ticks = 0
        self.answers = 0  # Replies to buttons.
        self.lights, self.console = set(), []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    # -- what it sends ----------------------------------------------------------------------------------------------------

    def send(self, **message):
        self.socket.send_text(message)

    def opened(self):
        """Sent by the committed build two seconds after it opened."""
        self.send(type="AWS_SERVICE_LIST_ALL", content={})

    def refresh(self, service, **content):
        """The committed build adds a region that nobody chose."""
        self.send(type="refresh_service", action="refresh_service", service=service, content={"service": service, **content})

    def press(self, action, row, nested=False):
        """Its row changes at once, until a list arrives."""
        row["state"] = "stopping" if action == "stopInstance" else "pending"
        request = {"action": action, "instanceId": row["id"], "region": "ap-northeast-2"}
        self.send(**({"type": "CLIENT_REQUEST", "content": request} if nested else request))

    # -- what it does with what comes --------------------------------------------------------------------------------------

    def take(self, message):
        kind, content = message.get("type"), message.get("content") or {}
        self.answers += kind == "AWS_EC2_UPDATE" and "message" in content
        if kind in ("ERROR", "AWS_EC2_ERROR"):
            self.console.append(content)
        elif kind == "USER_ACTIVITY" and content.get("activity") in TIMER:
            self.timer = (content["nowtime"], content["maxtime"])
            self.ticks += 1
        elif kind == "USER_ACTIVITY":
            self.lights.add(content["activity"])
        elif kind == "REFRESH_ECS":
            self.ecs = content["clusters"]
        elif kind == "REFRESH_EKS":
            self.eks = content["clusters"]
        elif isinstance(content.get("instances"), list):
            self.instances = content["instances"]

    def until(self, wanted, what):
        """Handles messages until a condition holds."""
        end = time.monotonic() + PATIENCE
        while not wanted():
            assert time.monotonic() < end, f"{what}; it shows {json.dumps([self.instances, self.timer, self.console])}"
            self.take(self.socket.receive())

    def row(self, identity):
        return next((each for each in self.instances if each["id"] == identity), None)

    def state(self, identity):
        return (self.row(identity) or {}).get("state")
