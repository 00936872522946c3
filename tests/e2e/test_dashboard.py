"""The original's dashboard, unchanged: its tables, its timer and its buttons."""
import pytest
from conftest import configure
from dashboard import TIMER, Dashboard
from sandbox import REGIONS
from waiting import wait_for


def everything(company):
    """The instances that there are, those of the Auto Scaling group too."""
    there = set()
    for region in REGIONS:
        for reservation in company.client("ec2", region).describe_instances()["Reservations"]:
            there |= {each["InstanceId"] for each in reservation["Instances"] if each["State"]["Name"] != "terminated"}
    return there


@pytest.fixture
def dashboard(doze, company):
    configure(doze, company, timeout_minutes=60)
    doze.start()
    wait_for(lambda: {each["id"] for each in doze.json("list", "ec2")["instances"]} == everything(company), "doze has seen all instances")
    with Dashboard(doze.listens_on("web")) as dashboard:
        yield dashboard


def test_its_tables_show_everything_whatever_changes(doze, company, dashboard):
    named, all_at_first = set(company.ids.values()), everything(company)

    def whole():
        """Those of the Auto Scaling group end when it is put to sleep."""
        return named <= {each["id"] for each in dashboard.instances} <= all_at_first

    dashboard.opened()
    dashboard.until(lambda: {each["id"] for each in dashboard.instances} == all_at_first, "AWS_SERVICE_LIST_ALL fills the table")
    dashboard.instances = []
    dashboard.refresh("ec2", region="ap-southeast-9")
    dashboard.until(whole, "a region that is not configured is none")
    for service in ("ecs", "eks"):
        dashboard.refresh(service)
        dashboard.until(lambda name=service: getattr(dashboard, name), f"the table of {service} fills")
    assert all({"serviceCount", "taskCount"} <= each.keys() for each in dashboard.ecs)
    assert all("nodeCount" in each for each in dashboard.eks) and dashboard.eks[0]["nodeCount"] > 0
    # What changes elsewhere, of this kind and another, is told to the dashboard as well.
    assert doze.cli("stop", "rds:orders").returncode == 0
    assert doze.cli("stop", company.ids["web"]).returncode == 0
    dashboard.until(lambda: dashboard.state(company.ids["web"]) == "stopped", "the stop is told")
    assert whole() and all(each.get("type") for each in dashboard.instances)
    assert doze.cli("away").returncode == 0
    dashboard.until(lambda: dashboard.state(company.ids["db"]) == "stopped", "the sleep is told")
    assert whole() and dashboard.console == []


def test_its_buttons_never_flip_back(company, dashboard):
    dashboard.refresh("ec2")
    dashboard.until(lambda: dashboard.row(company.ids["web"]), "the table fills")
    for action, nested, way, end in (("stopInstance", False, "stopping", "stopped"), ("startInstance", True, "pending", "running")):
        answers, states = dashboard.answers, []
        dashboard.press(action, dashboard.row(company.ids["web"]), nested)

        def ended(answers=answers, states=states, end=end):
            if dashboard.answers > answers:  # What comes before the answer was on its way when the button was pressed.
                states.append(dashboard.state(company.ids["web"]))
            return states[-1:] == [end]

        dashboard.until(ended, f"{action} ends")
        assert set(states) <= {way, end}, states
    assert {each["id"] for each in dashboard.instances} == everything(company)
    dashboard.press("startInstance", {"id": "i-nonsense", "state": ""})
    dashboard.until(lambda: dashboard.console, "an error is told in its console")


def test_its_timer_runs_always(doze, dashboard):
    dashboard.until(lambda: dashboard.ticks >= 1, "a tick at once")
    left, whole = dashboard.timer
    assert whole == 60 * 60_000 and 0 < left <= whole
    dashboard.until(lambda: dashboard.ticks >= 3, "a tick each second")
    assert doze.cli("away").returncode == 0
    dashboard.until(lambda: dashboard.timer[0] == 0, "nothing is left when the person is away")
    # Who does not want it says so.
    dashboard.send(type="EVENTS", content={"timer": False})
    dashboard.socket.until(lambda message: message["type"] == "EVENTS")
    assert doze.cli("back").returncode == 0
    told = dashboard.socket.until(lambda message: message["type"] == "PRESENCE" or message.get("content", {}).get("activity") in TIMER)
    assert told["type"] == "PRESENCE", "and no tick before it"
