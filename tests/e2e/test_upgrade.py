"""What an earlier version wrote, with things asleep and on their way, is read by this one, and everything wakes: the saved
files of tests/data/upgrade, one journal for each schema."""
import json
import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from asleep import AWAKE
from sandbox import CLUSTER, DATABASE, DATABASE_CLUSTER, DATABASE_REGION, ECS_REGION, GROUP, GROUP_REGION, INSTANCES
from waiting import wait_for

SAVED = Path(__file__).parent.parent / "data" / "upgrade"
STEPS = ("ec2 web", "ec2 db", "ec2 api", "ecs web", "asg fleet", "rds orders", "rds-cluster ledger")


def put_to_sleep(company, names):
    """As the saved journals know it: asleep, but for the node group, whose call had not arrived."""
    for one in INSTANCES:
        if f"ec2 {one.name}" in names:
            company.client("ec2", one.region).stop_instances(InstanceIds=[company.ids[one.name]])
    company.client("ecs", ECS_REGION).update_service(cluster=CLUSTER, service="web", desiredCount=0)
    if "asg fleet" in names:
        group = company.client("autoscaling", GROUP_REGION)
        group.suspend_processes(AutoScalingGroupName=GROUP, ScalingProcesses=[
            "AlarmNotification", "InstanceRefresh", "ReplaceUnhealthy", "ScheduledActions"])
        group.update_auto_scaling_group(AutoScalingGroupName=GROUP, MinSize=0, MaxSize=0, DesiredCapacity=0)
    if "rds orders" in names:
        rds = company.client("rds", DATABASE_REGION)
        rds.stop_db_instance(DBInstanceIdentifier=DATABASE)
        rds.stop_db_cluster(DBClusterIdentifier=DATABASE_CLUSTER)


def instance_ids(text):
    """Those of web, db, batch and api, as services.yaml lists them."""
    return dict(re.findall(r"instance_id: (\S+)\n.*\n    description: (\w+)", text))


@pytest.mark.parametrize("schema", [1, 3])
def test_a_journal_of_an_earlier_version_wakes_everything(doze, company, screen, schema):
    services = (SAVED / "services.yaml").read_text()
    settings = json.loads(re.sub(r'"port": \d{2,}', f'"port": {doze.port}', (SAVED / "settings.json").read_text()))
    settings["activity_monitor"]["other_sessions"] = {"enabled": False}  # Other tests type on servers of their own.
    doze.state.mkdir(mode=0o700)
    shutil.copy(SAVED / f"schema-{schema}.db", doze.state / "doze.db")
    names = [name for name in STEPS if schema > 1 or name.startswith(("ec2", "ecs"))]
    put_to_sleep(company, names)
    # The emulator gives its own ids, and its own times of a stop.
    with sqlite3.connect(doze.state / "doze.db") as journal:
        for saved, name in instance_ids(services).items():
            services = services.replace(saved, company.ids[name])
            journal.execute("UPDATE intents SET resource = replace(resource, ?, ?), left_changed_at = NULL",
                            (saved, company.ids[name]))
    journal.close()
    doze.config.joinpath("services.yaml").write_text(services)
    doze.config.joinpath("settings.json").write_text(json.dumps(settings))
    doze.start()
    assert doze.presence() == "away"
    doze.return_to(screen)
    wait_for(lambda: company.states() == AWAKE, "everything is as it was")
    wait_for(lambda: not doze.asleep(), "doze owes nothing any more")
    assert not doze.json("status")["journal"]["notes"]
    assert "[warning] [config]" not in doze.log()
