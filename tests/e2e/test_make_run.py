"""What `make run` says before it starts doze on somebody's credentials: a promise of what it touches."""
import subprocess
from pathlib import Path

import pytest
from sandbox import BINARY
from waiting import PATIENCE

START = Path(__file__).resolve().parents[2] / "scripts" / "start"
NOTHING = "Nothing is registered, so nothing is touched."


@pytest.fixture
def said(tmp_path):
    """Calls scripts/start with a doze that has credentials and does not run."""
    doze = tmp_path / "doze"
    doze.write_text(f"""#!/bin/sh
case "$1" in
    auth) echo "credentials  the environment" ;;
    run) echo "it runs" ;;
    *) exec {BINARY} "$@" ;;
esac
""")
    doze.chmod(0o755)

    def start(services):
        config = tmp_path / "config"
        config.mkdir(exist_ok=True)
        if services is not None:
            (config / "services.yaml").write_text(services)
        done = subprocess.run([START, doze], capture_output=True, text=True, timeout=PATIENCE,
                              env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "DOZE_CONFIG_DIR": str(config)})
        assert done.stdout.rstrip().endswith("it runs"), done.stdout + done.stderr
        return done.stdout
    return start


@pytest.mark.parametrize("services, target", [
    ("ec2_instances:\n  - instance_id: i-0123456789abcdef0\n    region: us-east-1\n", "ec2:us-east-1:i-0123456789abcdef0"),
    ("ecs_services: [{cluster_name: dev, service_name: api, region: us-east-1}]\n", "ecs:us-east-1:dev/api"),
    ("eks_nodegroups:\n- {cluster_name: dev, 'nodegroup_name': workers, region: us-east-1}\n", "eks:us-east-1:dev/workers"),
    ("autoscaling_groups:\n  - group_name: fleet\n    region: us-east-1\n", "asg:us-east-1:fleet"),
    ("rds_instances:\n  - region: us-east-1\n    db_instance: orders\n", "rds:us-east-1:orders"),
    ("rds_clusters:\n  - db_cluster: sales\n    region: us-east-1\n", "rds-cluster:us-east-1:sales"),
])
def test_what_is_registered_is_named_whatever_its_kind(said, services, target):
    text = said(services)
    assert NOTHING not in text and f"  {target}\n" in text, text


@pytest.mark.parametrize("services", [None, "", "ec2_instances: []\n", "# - instance_id: i-0123456789abcdef0\n"])
def test_nothing_is_promised_only_where_nothing_is_registered(said, services):
    assert NOTHING in said(services)


def test_nothing_is_promised_of_a_file_that_can_not_be_read(said):
    assert NOTHING not in said("ec2_instances: [\n")
