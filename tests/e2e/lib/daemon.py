"""The real binary, with its own configuration and state folders."""
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

from claims import free_port
from sandbox import BINARY
from udp import UdpClient
from waiting import PATIENCE, wait_for


# A time zone where it was about noon when the tests began, so that "today" stays the same day.
NOON = f"NOON{time.gmtime().tm_hour - 12:+d}"


def clean_environment(home, **extra):
    """An environment without anything of the person who runs the tests: no credentials, display, buses or XDG folders."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "TZ": NOON, "AWS_EC2_METADATA_DISABLED": "true",
                   "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={home}/no-bus"}
    environment.update({name: value for name, value in extra.items() if value is not None})
    return environment


class Doze:
    """A daemon that a test can restart; config and state stay."""

    def __init__(self, folder, environment):
        self.folder = Path(folder)
        self.config, self.state = self.folder / "config", self.folder / "state"
        self.config.mkdir(parents=True, exist_ok=True)
        self.environment = clean_environment(self.folder, **environment)
        self.port = 0
        self.process = None
        # Without a display doze is blind, and says so loudly.
        self.allowed_errors = [] if environment.get("DISPLAY") else ["doze is blind"]
        self._outputs = 0

    # -- the daemon -----------------------------------------------------------------------------------------------------

    def launch(self, *arguments):
        """Starts the process without waiting."""
        self._outputs += 1
        self._output = self.folder / f"output.{self._outputs}"
        with open(self._output, "wb") as output:
            self.process = subprocess.Popen(
                [str(BINARY), "run", "--config-dir", str(self.config), "--state-dir", str(self.state), *arguments],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=self.environment)
        return self

    def start(self, *arguments):
        """Starts the daemon and waits until it answers."""
        self.launch(*arguments)
        wait_for(lambda: self.process.poll() is not None or self.answers(), "doze answers")
        assert self.process.poll() is None, f"doze ended at its start:\n{self.output()}"
        return self

    def answers(self):
        return self.cli("status", "--json").returncode == 0

    def kill(self):
        """kill -9: none of its code runs after this."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Ends it like Ctrl-C; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.ended()

    def ended(self):
        """Its exit code, once it has ended by itself."""
        return self.process.wait(PATIENCE)

    def end(self):
        """Ends it, whatever its state."""
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def take_config(self):
        """Makes it reread its files, and waits until it uses them."""
        told = self.log().count("again on SIGHUP")
        self.process.send_signal(signal.SIGHUP)
        wait_for(lambda: self.log().count("again on SIGHUP") > told, "doze reads its files again")
        assert self.answers()

    # -- what it says ---------------------------------------------------------------------------------------------------

    def output(self):
        """The terminal output of the current process."""
        return self._output.read_text(encoding="utf-8", errors="replace")

    def log(self):
        """The log of all starts."""
        file = self.state / "aws_monitor.log"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def wait_log(self, pattern):
        return wait_for(lambda: re.search(pattern, self.log()), f"the log says {pattern!r}; it says:\n{self.log()}")

    def unexpected_errors(self):
        return [line for line in self.log().splitlines() if re.match(r"\[[^]]*\] \[(ERROR|error)\]", line)
                and not any(re.search(allowed, line) for allowed in self.allowed_errors)]

    # -- asking it ------------------------------------------------------------------------------------------------------

    def cli(self, *arguments):
        """The command line, which finds the daemon by its state folder."""
        return subprocess.run(
            [str(BINARY), *arguments], capture_output=True, text=True, timeout=PATIENCE,
            env={**self.environment, "DOZE_STATE_DIR": str(self.state), "DOZE_CONFIG_DIR": str(self.config)})

    def json(self, *arguments):
        done = self.cli(*arguments, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def items(self):
        """Everything that doze lists, as a flat dict: "ec2 web" -> its item."""
        content = self.json("list", "all")
        items = {f"ec2 {item['name']}": item for item in content["ec2_instances"]}
        for cluster in content["ecs_clusters"]:
            items.update({f"ecs {item['name']}": item for item in cluster["services"]})
        for cluster in content["eks_clusters"]:
            items.update({f"eks {item['name']}": item for item in cluster["nodegroups"]})
        for word, members in (("asg", "autoscaling_groups"), ("rds", "rds_instances"), ("rds-cluster", "rds_clusters")):
            items.update({f"{word} {item['name']}": item for item in content[members]})
        return items

    def asleep(self):
        """Resources that doze put to sleep, has seen asleep, and must wake."""
        return {name for name, item in self.items().items() if item["asleep"]}

    def wait_settled(self):
        """Waits until the start is over: each source was tried, and every registered resource was described."""
        def is_settled():
            status = self.json("status")
            return (all(source["state"] != "starting" for source in status["sources"])
                    and all(one["phase"] for one in status["resources"]))
        wait_for(is_settled, "doze has looked around")

    def owes_nothing(self):
        """Whether no registered resource is asleep or in transition, as far as doze has seen."""
        return not any(one["step"] for one in self.json("status")["resources"])

    def presence(self):
        return self.json("status")["presence"]["state"]

    def leave(self):
        """The person leaves, by a command."""
        done = self.cli("away")
        assert done.returncode == 0, done.stderr
        assert self.presence() == "away"

    def return_to(self, screen):
        """The person comes back and types until doze notices: it ignores input right after leaving."""
        wait_for(lambda: screen.type("a") or self.presence() == "active", "doze notices that the person is back")

    def memory(self):
        """Private resident memory in KiB."""
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="ascii") as rollup:
            return sum(int(line.split()[1]) for line in rollup if line.startswith(("Private_Clean", "Private_Dirty")))

    def settled_memory(self):
        """Private resident memory in KiB after the start: it knows its account and has listed everything."""
        self.wait_log("Using AWS account")
        self.items()
        return self.memory()

    def listens_on(self, module):
        """The current port, according to the log."""
        pattern = rf"\[{module}\] - Listening on \S+:(\d+)\."
        self.wait_log(pattern)
        return int(re.findall(pattern, self.log())[-1])

    def udp(self):
        return UdpClient(self.port)


def make_settings(port, timeout_minutes=60.0, check_minutes=0.05, **sections):
    """settings.json for tests: seconds instead of minutes where it matters."""
    settings = {
        # Terminals belong to the person who runs the tests, and displays to tests that run in parallel.
        "activity_monitor": {"inactivity_timeout_minutes": timeout_minutes, "terminals": {"enabled": False},
                             "other_sessions": {"enabled": False}},
        "aws": {"service_state_check_interval_minutes": check_minutes},
        "udp_server": {"ip": "127.0.0.1", "port": port},
        "tcp_server": {"port": 0},  # Any free port: many daemons run in parallel.
        "web": {"port": 0},
    }
    for section, values in sections.items():
        settings.setdefault(section, {}).update(values)
    return settings


def free_udp_port():
    return free_port()
