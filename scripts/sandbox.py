#!/usr/bin/env python3
"""A small company at a pretended AWS: the moto emulator in server mode, on loopback only.

As a program (with build/venv/bin/python3):
    sandbox.py                     run the sandbox until Ctrl-C and print how to reach it
    sandbox.py -- COMMAND...       the same around a command, which gets the environment and, for every {config} and
                                   {state} among its arguments, the folders made for it; both end together
As a library: `Sandbox` for the tests and the demo.
"""
import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import boto3
from botocore.config import Config

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("DOZE", ROOT / "build" / "release" / "doze"))
REGIONS = ["us-east-1", "ap-northeast-2"]
ECS_REGION = "us-east-1"
EKS_REGION = "ap-northeast-2"
CLUSTER = "dev"

# Not secrets: the emulator takes anything. They only keep a real profile out of play.
KEY_ID, SECRET = "sandbox", "sandbox"

START_SECONDS = 60  # A cold emulator imports for seconds; a slow, busy machine may need ten times as long.


@dataclass(frozen=True)
class Instance:
    name: str
    region: str
    running: bool = True
    registered: bool = False
    environment: str = "dev"
    note: str = ""


@dataclass(frozen=True)
class Service:
    name: str
    desired: int
    registered: bool
    note: str = ""


INSTANCES = [
    Instance("web", "us-east-1", registered=True, note="web server"),
    Instance("db", "us-east-1", registered=True, note="test database"),
    Instance("batch", "us-east-1", running=False, registered=True, note="stopped by hand: stays stopped"),
    Instance("shop-db", "us-east-1", environment="production", note="production: never touched"),
    Instance("api", "ap-northeast-2", registered=True, note="api server"),
    Instance("ci", "ap-northeast-2", note="not registered: never touched"),
]
SERVICES = [
    Service("web", 3, registered=True, note="web front end"),
    Service("worker", 2, registered=False, note="not registered: never touched"),
    Service("cron", 0, registered=True, note="at 0 by hand: stays at 0"),
]
NODEGROUP = "workers"
NODEGROUP_SIZE = {"minSize": 1, "desiredSize": 2, "maxSize": 4}


def free_port(kind=socket.SOCK_STREAM):
    """A port of loopback that nobody uses now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Sandbox:
    """The emulator's process and the company in it. `with Sandbox() as sandbox:` starts, fills and ends it."""

    def __init__(self, port=None, log=None):
        self.port = port or free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.ids = {}  # name of an instance -> its id
        self._log = log
        self._process = None
        self.sign_in()

    def __enter__(self):
        self.start()
        try:
            self.fill()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self, **variables):
        """`variables` are further ones of the emulator's environment."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | variables
        # Ten thousand machine images that nothing here asks for take a second to load.
        environment["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)], env=environment,
            stdin=subprocess.DEVNULL, stdout=self._log or subprocess.DEVNULL, stderr=self._log or subprocess.DEVNULL,
            start_new_session=True)  # Ctrl-C is for the one who started it: it ends the emulator last.
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"{self.endpoint}/moto-api/data.json", timeout=5).close()
                return
            except (urllib.error.URLError, OSError) as trouble:
                if self._process.poll() is not None:
                    raise RuntimeError(f"the emulator ended at its start; is port {self.port} in use?") from trouble
                if time.monotonic() > deadline:
                    self.stop()
                    raise RuntimeError(f"the emulator did not answer within {START_SECONDS} s") from trouble
                time.sleep(0.05)

    def stop(self):
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def reset(self):
        """An empty AWS again."""
        request = urllib.request.Request(f"{self.endpoint}/moto-api/reset", method="POST")
        urllib.request.urlopen(request, timeout=30).close()
        self.ids = {}

    def environment(self, endpoint=None):
        """What a client needs in its environment to talk to the sandbox (or to `endpoint` in front of it)."""
        return {"AWS_ENDPOINT_URL": endpoint or self.endpoint, "AWS_ACCESS_KEY_ID": KEY_ID,
                "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": REGIONS[0], "AWS_EC2_METADATA_DISABLED": "true"}

    def sign_in(self, key_id=KEY_ID, secret=SECRET):
        """Asks the emulator as somebody else from now on; it takes anybody, unless a test makes it strict."""
        self._keys = {"aws_access_key_id": key_id, "aws_secret_access_key": secret}
        self._clients = {}

    def client(self, service, region):
        if (service, region) not in self._clients:
            self._clients[service, region] = boto3.session.Session().client(
                service, region_name=region, endpoint_url=self.endpoint, **self._keys,
                config=Config(retries={"max_attempts": 3}))
        return self._clients[service, region]

    # -- the company ------------------------------------------------------------------------------------------------

    def fill(self):
        for instance in INSTANCES:
            self.launch(instance.name, instance.region, instance.environment, instance.running)
        self._fill_ecs()
        self._fill_eks()

    def launch(self, name, region, environment="dev", running=True, instance_type="t3.small"):
        """Launches one instance and returns its id."""
        ec2 = self.client("ec2", region)
        tags = [{"Key": "Name", "Value": name}, {"Key": "env", "Value": environment}]
        launched = ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, InstanceType=instance_type,
                                     TagSpecifications=[{"ResourceType": "instance", "Tags": tags}])
        self.ids[name] = launched["Instances"][0]["InstanceId"]
        if not running:
            ec2.stop_instances(InstanceIds=[self.ids[name]])
        return self.ids[name]

    def _fill_ecs(self):
        ecs = self.client("ecs", ECS_REGION)
        ecs.create_cluster(clusterName=CLUSTER)
        ecs.register_task_definition(family="dev", containerDefinitions=[
            {"name": "main", "image": "dev:latest", "memory": 128, "cpu": 64, "essential": True}])
        for service in SERVICES:
            ecs.create_service(cluster=CLUSTER, serviceName=service.name, taskDefinition="dev",
                               desiredCount=service.desired)

    def _fill_eks(self):
        eks, ec2 = self.client("eks", EKS_REGION), self.client("ec2", EKS_REGION)
        subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"][:2]]
        role = "arn:aws:iam::123456789012:role/sandbox"
        eks.create_cluster(name=CLUSTER, roleArn=role, resourcesVpcConfig={"subnetIds": subnets})
        eks.create_nodegroup(clusterName=CLUSTER, nodegroupName=NODEGROUP, subnets=subnets, nodeRole=role,
                             scalingConfig=NODEGROUP_SIZE, instanceTypes=["t3.large"])

    # -- what AWS says, asked by boto3 and not by doze ----------------------------------------------------------------

    def instance(self, name, region):
        found = self.client("ec2", region).describe_instances(InstanceIds=[self.ids[name]])
        return found["Reservations"][0]["Instances"][0]

    def desired_count(self, service):
        found = self.client("ecs", ECS_REGION).describe_services(cluster=CLUSTER, services=[service])
        return found["services"][0]["desiredCount"]

    def nodegroup_size(self):
        """(minimum, desired, maximum)"""
        found = self.client("eks", EKS_REGION).describe_nodegroup(clusterName=CLUSTER, nodegroupName=NODEGROUP)
        size = found["nodegroup"]["scalingConfig"]
        return size["minSize"], size["desiredSize"], size["maxSize"]

    def states(self):
        """The whole company in short: "ec2 web" -> "running", "ecs web" -> "3", "eks workers" -> "1/2/4"."""
        states = {}
        names = {identity: name for name, identity in self.ids.items()}
        for region in REGIONS:
            for page in self.client("ec2", region).get_paginator("describe_instances").paginate():
                for reservation in page["Reservations"]:
                    for instance in reservation["Instances"]:
                        name = names.get(instance["InstanceId"], instance["InstanceId"])
                        states[f"ec2 {name}"] = instance["State"]["Name"]
        for service in SERVICES:
            states[f"ecs {service.name}"] = str(self.desired_count(service.name))
        states[f"eks {NODEGROUP}"] = "/".join(str(number) for number in self.nodegroup_size())
        return states

    def rows(self):
        """The company for people: (what, region, state, registered, note)."""
        states = self.states()
        rows = [(f"ec2 {one.name}", one.region, states[f"ec2 {one.name}"], one.registered, one.note)
                for one in INSTANCES]
        rows += [(f"ecs {one.name}", ECS_REGION, states[f"ecs {one.name}"], one.registered, one.note)
                 for one in SERVICES]
        rows.append((f"eks {NODEGROUP}", EKS_REGION, states[f"eks {NODEGROUP}"], True,
                     "node group: minimum/desired/maximum"))
        return rows

    # -- what doze is told --------------------------------------------------------------------------------------------

    def services_yaml(self):
        lines = ["# What doze may act on. Everything else it only looks at.", "ec2_instances:"]
        for one in INSTANCES:
            if one.registered:
                lines += [f"  - instance_id: {self.ids[one.name]}", f"    region: {one.region}",
                          f"    description: {one.name}  # {one.note}"]
        lines.append("ecs_services:")
        for one in SERVICES:
            if one.registered:
                lines += [f"  - cluster_name: {CLUSTER}", f"    service_name: {one.name}",
                          f"    region: {ECS_REGION}", f"    description: {one.name}  # {one.note}"]
        lines += ["eks_nodegroups:", f"  - cluster_name: {CLUSTER}", f"    nodegroup_name: {NODEGROUP}",
                  f"    region: {EKS_REGION}", f"    desired_size: {NODEGROUP_SIZE['desiredSize']}",
                  f"    description: {NODEGROUP}"]
        return "\n".join(lines) + "\n"

    def write_config(self, folder, settings=None, services=None):
        """Writes settings.json (`settings` laid over the sandbox's own, section by section) and services.yaml."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        merged = {"aws": {"regions": REGIONS}}
        for section, values in (settings or {}).items():
            merged.setdefault(section, {}).update(values)
        (folder / "settings.json").write_text(json.dumps(merged, indent=2) + "\n", encoding="utf-8")
        text = self.services_yaml() if services is None else services
        (folder / "services.yaml").write_text(text, encoding="utf-8")


def table(header, rows, indent="  "):
    """Rows of text as aligned lines."""
    rows = [header, *rows]
    widths = [max(len(str(row[column])) for row in rows) for column in range(len(header))]
    return "\n".join((indent + "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths))).rstrip()
                     for row in rows)


def company_table(sandbox):
    rows = [(what, region, state, "yes" if registered else "no", note)
            for what, region, state, registered, note in sandbox.rows()]
    return table(("RESOURCE", "REGION", "STATE", "REGISTERED", "WHAT IT IS"), rows)


def welcome(sandbox, folder):
    """What `make run` says where it found no AWS credentials."""
    state = os.path.relpath(folder / "state")
    return f"""
This is a SANDBOX: no AWS credentials were found, so doze gets a pretended AWS with a small company in it.
Nothing here is real, nothing leaves this machine, and it is gone when you press Ctrl-C.

{company_table(sandbox)}

The pretended AWS listens on {sandbox.endpoint}, doze on UDP 127.0.0.1:20200.
Without input for 30 minutes doze puts what is registered to sleep. Try it at once, from another
terminal in this folder:

  export DOZE_STATE_DIR={state}
  build/release/doze status          # is somebody there, and what does doze see?
  build/release/doze list            # all resources
  build/release/doze away            # "I am leaving now": what is registered goes to sleep
  build/release/doze list
  build/release/doze back            # "I am here again": everything as it was
  build/release/doze register {sandbox.ids["ci"]}
  printf LIST_EC2 | build/venv/bin/python3 scripts/udp_send.py    # as a program would ask

Settings: {os.path.relpath(folder / "config" / "settings.json")} (say, "inactivity_timeout_minutes": 0.5);
registered: {os.path.relpath(folder / "config" / "services.yaml")}. Both may be edited while doze runs.
"""


def run_around(sandbox, command, folder):
    """Runs `command` in the sandbox; Ctrl-C reaches it, and the sandbox ends after it. Returns its exit code."""
    places = {"{config}": str(folder / "config"), "{state}": str(folder / "state")}
    command = [places.get(word, word) for word in command]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment.update(sandbox.environment())
    child = subprocess.Popen(command, env=environment)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: number == signal.SIGTERM and child.terminate())
    return child.wait()


def main():
    parser = argparse.ArgumentParser(description="A pretended AWS with a small company in it.")
    parser.add_argument("--port", type=int, help="of the emulator, on 127.0.0.1 (default: a free one)")
    parser.add_argument("--folder", type=Path, help="where config/ and state/ are made afresh (default: temporary)")
    parser.add_argument("command", nargs="*", help="to run in the sandbox; {config} and {state} are its folders")
    arguments = parser.parse_args()
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="doze-sandbox-"))
    for name in ("config", "state"):
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / "state").mkdir(parents=True, mode=0o700)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with Sandbox(arguments.port) as sandbox:
            sandbox.write_config(folder / "config")
            if arguments.command:
                print(welcome(sandbox, folder), flush=True)
                return run_around(sandbox, arguments.command, folder)
            print(company_table(sandbox), flush=True)
            for name, value in sandbox.environment().items():
                print(f"export {name}={value}", flush=True)
            print(f"export DOZE_CONFIG_DIR={folder}/config DOZE_STATE_DIR={folder}/state", flush=True)
            signal.pause()
    except KeyboardInterrupt:
        pass
    except RuntimeError as trouble:
        print(f"sandbox: {trouble}", file=sys.stderr)
        return 1
    finally:
        if arguments.folder is None:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
