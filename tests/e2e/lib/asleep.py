"""The state of the small company awake (as it is set up), and with all registered resources asleep."""
from sandbox import INSTANCES, SERVICES

AWAKE = {
    **{f"ec2 {one.name}": "running" if one.running else "stopped" for one in INSTANCES},
    **{f"ecs {one.name}": str(one.desired) for one in SERVICES},
    "eks workers": "1/2/4",
    "asg fleet": "1/2/4, 1 suspended",
    "rds orders": "available",
    "rds-cluster ledger": "available",
}
ASLEEP = {
    **AWAKE,
    **{f"ec2 {one.name}": "stopped" for one in INSTANCES if one.registered},
    **{f"ecs {one.name}": "0" for one in SERVICES if one.registered},
    "eks workers": "0/0/4",
    "asg fleet": "0/0/0, 5 suspended",
    "rds orders": "stopped",
    "rds-cluster ledger": "stopped",
}

PUT_TO_SLEEP = {name for name, state in AWAKE.items() if ASLEEP[name] != state}

# The calls that change something.
CHANGES = ("StopInstances", "StartInstances", "UpdateService", "UpdateNodegroupConfig", "SuspendProcesses",
           "ResumeProcesses", "UpdateAutoScalingGroup", "StopDBInstance", "StartDBInstance", "StopDBCluster",
           "StartDBCluster")

# The last call for each resource: an Auto Scaling group takes two. EC2: one call per region.
SLEEP_CALLS = {"StopInstances": 2, "UpdateService": 1, "UpdateNodegroupConfig": 1, "UpdateAutoScalingGroup": 1,
               "StopDBInstance": 1, "StopDBCluster": 1}
WAKE_CALLS = {"StartInstances": 2, "UpdateService": 1, "UpdateNodegroupConfig": 1, "ResumeProcesses": 1,
              "StartDBInstance": 1, "StartDBCluster": 1}
LOOKS = ("DescribeInstances", "DescribeServices", "DescribeNodegroup", "DescribeAutoScalingGroups",
         "DescribeDBInstances", "DescribeDBClusters")
