"""The setting of a story about faults: one or more AWS regions, a daemon, and a proxy between them."""
from daemon import Doze, free_udp_port, make_settings
from fault_proxy import FaultProxy
from sandbox import KEY_ID, SECRET
from waiting import wait_for

CLUSTER = "dev"
AWAKE = {"instance": "running", "service": 2, "nodegroup": (1, 2, 4)}
ASLEEP = {"instance": "stopped", "service": 0, "nodegroup": (0, 0, 4)}


class Site:
    """An instance, a service and a node group in each of `regions`, and a daemon that manages those in the first."""

    def __init__(self, emulator, folder, *regions, credentials=None):
        self.emulator, self.region, self.regions = emulator, regions[0], regions
        self.proxy = FaultProxy(emulator.endpoint)
        environment = emulator.environment(self.proxy.endpoint)
        if credentials is not None:
            del environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]
        self.doze = Doze(folder, environment)
        self.doze.port = free_udp_port()
        if credentials is not None:
            self.write_key(credentials)
        services = {"ec2_instances:": [], "ecs_services:": [], "eks_nodegroups:": []}
        self.instances = {region: self._fill(region) for region in regions}
        for region in regions:
            services["ec2_instances:"].append(f"  - {{instance_id: {self.instances[region]}, region: {region}}}")
            services["ecs_services:"].append(f"  - {{cluster_name: {CLUSTER}, service_name: web, region: {region}}}")
            services["eks_nodegroups:"].append(
                f"  - {{cluster_name: {CLUSTER}, nodegroup_name: workers, region: {region}, desired_size: 2}}")
        text = "".join("\n".join([head, *lines]) + "\n" for head, lines in services.items())
        settings = make_settings(self.doze.port, aws={"regions": list(regions)})
        emulator.write_config(self.doze.config, settings, text)

    def write_key(self, key):
        """A profile in the form that a sign-in writes."""
        folder = self.doze.folder / ".aws"
        folder.mkdir(exist_ok=True)
        (folder / "new").write_text(
            f"[default]\naws_access_key_id = {key}\naws_secret_access_key = {SECRET}\naws_session_token = token\n")
        (folder / "new").rename(folder / "credentials")

    def _fill(self, region):
        ecs, eks = (self.emulator.client(service, region) for service in ("ecs", "eks"))
        ecs.create_cluster(clusterName=CLUSTER)
        ecs.register_task_definition(family="dev", containerDefinitions=[
            {"name": "main", "image": "dev:latest", "memory": 128, "cpu": 64, "essential": True}])
        ecs.create_service(cluster=CLUSTER, serviceName="web", taskDefinition="dev", desiredCount=AWAKE["service"])
        role = "arn:aws:iam::123456789012:role/sandbox"
        eks.create_cluster(name=CLUSTER, roleArn=role, resourcesVpcConfig={"subnetIds": ["subnet-1", "subnet-2"]})
        eks.create_nodegroup(clusterName=CLUSTER, nodegroupName="workers", subnets=["subnet-1"], nodeRole=role,
                             scalingConfig=dict(zip(("minSize", "desiredSize", "maxSize"), AWAKE["nodegroup"])))
        return self.emulator.launch(f"web-{region}", region)

    def end(self):
        self.doze.end()
        self.proxy.close()

    # -- what is ------------------------------------------------------------------------------------------------------

    def state(self, region=None):
        """boto3's view, without the proxy."""
        region = region or self.region
        ec2, ecs, eks = (self.emulator.client(service, region) for service in ("ec2", "ecs", "eks"))
        found = ec2.describe_instances(InstanceIds=[self.instances[region]])["Reservations"][0]["Instances"][0]
        service = ecs.describe_services(cluster=CLUSTER, services=["web"])["services"][0]
        size = eks.describe_nodegroup(clusterName=CLUSTER, nodegroupName="workers")["nodegroup"]["scalingConfig"]
        return {"instance": found["State"]["Name"], "service": service["desiredCount"],
                "nodegroup": (size["minSize"], size["desiredSize"], size["maxSize"])}

    def wait(self, state, what, region=None):
        wait_for(lambda: self.state(region) == state, what, pause=0.3)

    def list_errors(self):
        """The errors in the lists: region -> texts."""
        told = {}
        for kind in ("EC2", "ECS", "EKS"):
            with self.doze.udp() as client:
                for error in client.ask_json(f"AWS_{kind}_LIST")["content"]["errors"]:
                    told.setdefault(error["region"], []).append(error["message"])
        return told

    def resources(self):
        return self.doze.json("status")["resources"]

    def trouble(self):
        """The troubles of registered resources in the status: kind -> text."""
        return {one["kind"]: one["trouble"] for one in self.resources() if one["trouble"]}

    # -- what happens -------------------------------------------------------------------------------------------------

    def start(self):
        self.doze.start()
        wait_for(lambda: [one["phase"] for one in self.resources()] == ["awake"] * 3 * len(self.regions),
                 "doze has seen everything awake")
        # A list is read for somebody who asks. It is asked for with some of the same calls as what is registered, which a
        # test must not take for repetitions of its own.
        assert self.doze.cli("list").returncode == 0
        wait_for(lambda: {one["region"] for one in self.doze.json("status")["regions"] if one["age_seconds"] is not None}
                 == set(self.regions), "the lists have been read")

    def leave(self):
        self.doze.leave()

    def back(self):
        wait_for(lambda: self.doze.cli("back").returncode == 0 and self.doze.presence() != "away", "doze heard of the return")

    def wait_seen_asleep(self):
        wait_for(lambda: all(one["asleep"] for one in self.resources()), "doze has seen everything asleep")

    def wait_seen_awake(self):
        wait_for(lambda: all(one["step"] is None for one in self.resources()), "doze has seen everything awake and owes nothing")
