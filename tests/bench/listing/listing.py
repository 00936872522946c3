"""Listing 10,000 instances over six regions: doze beside the floor, boto3 and the AWS CLI, all on the same saved pages.

Each is a fresh process, measured whole. "plain" asks once per region without a page size and is answered whole, as EC2
mostly does; all others ask for pages of 1,000 and send the same twelve requests.
"""
import json
import os
import shutil
import time
import subprocess
import sys
from pathlib import Path

from daemon import Doze, make_settings
from figures import PROGRAMS, ROUNDS, Timed, cpu_seconds, median, ratio, row, status
from listing.pages import REGIONS, PageServer, save
from claims import free_port
from waiting import wait_for

HERE = Path(__file__).resolve().parent
COUNT = 10_000
DEBIANS_CLI = "/usr/bin/aws"  # What else is called aws in PATH may be any version.


def run(command, environment):
    with Timed() as timed:
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    said = json.loads(done.stdout)
    assert said["instances"] == COUNT, f"{command[0]} listed {said['instances']} of {COUNT}"
    return {"wall": timed.wall, "cpu": timed.cpu, "peak": said["peak_kb"] / 1000}


def run_cli(endpoint, environment):
    """A process per region, as the command is used. Its memory is that of the largest."""
    listed = peak = 0
    with Timed() as timed:
        for region in REGIONS:
            command = [DEBIANS_CLI, "ec2", "describe-instances", "--region", region, "--endpoint-url", endpoint,
                       "--output", "json"]  # Debian's version does not know AWS_ENDPOINT_URL.
            process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
            listed += process.stdout.read().count(b'"ReservationId"')
            _, ended, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(ended)
            peak = max(peak, usage.ru_maxrss)
    assert listed == COUNT, f"the AWS CLI listed {listed} of {COUNT}"
    return {"wall": timed.wall, "cpu": timed.cpu, "peak": peak / 1000}


def ways(endpoint, environment):
    def boto3(way):
        return lambda: run([sys.executable, HERE / "list_boto3.py", way, *REGIONS], environment)

    all_ways = {
        "floor: libcurl and pugixml alone": lambda: run([PROGRAMS / "listing" / "list_floor", endpoint, *REGIONS], environment),
        "boto3, plain, region by region": boto3("plain"),
        "boto3, paginator, region by region": boto3("paginator"),
        "boto3, paginator, a thread per region": boto3("threads"),
    }
    if Path(DEBIANS_CLI).exists():
        all_ways["AWS CLI, a process per region"] = lambda: run_cli(endpoint, environment)
    return all_ways


def measure_ways(endpoint, environment):
    print(f"\nListing {COUNT:,} instances over {len(REGIONS)} regions, fresh processes, medians of {ROUNDS} rounds in turns")
    row("", "wall s", "CPU s", "peak MB", "wall / doze", "CPU / doze", "peak / doze")
    others = ways(endpoint, environment)
    runs = {name: [] for name in others}
    ours = {name: [] for name in others}  # Next to each of the others one of doze's own.
    for _ in range(ROUNDS):
        for name, measure in others.items():
            ours[name].append(run([PROGRAMS / "listing" / "list_doze", *REGIONS], environment))
            runs[name].append(measure())
    every = [each for few in ours.values() for each in few]
    row("doze", *(f"{median(every, key):.3f}" for key in ("wall", "cpu")), f"{median(every, 'peak'):.1f}")
    for name, theirs in runs.items():
        aim = {"floor: libcurl and pugixml alone": " (aim 1/1.5)", "boto3, paginator, region by region": " (aim 40)"}
        row(name + aim.get(name, ""), *(f"{median(theirs, key):.3f}" for key in ("wall", "cpu")),
            f"{median(theirs, 'peak'):.1f}",
            *(f"{ratio(theirs, ours[name], key):.2f}" for key in ("wall", "cpu", "peak")))


REST = 8  # Seconds: doze gives back what a start and a survey needed only after them.


def measure_daemon(folder, endpoint):
    """The memory of the daemon itself while it holds what was listed, and listed again."""
    doze = Doze(folder, {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_ENDPOINT_URL": endpoint})
    doze.port = free_port()
    (doze.config / "settings.json").write_text(json.dumps(make_settings(doze.port, 60, 60, aws={"regions": REGIONS})))
    try:
        doze.start()
        pid = doze.process.pid

        def filled():
            with doze.udp() as client:
                page = client.ask_json("AWS_EC2_LIST")["content"]
                return len(page["instances"]) + page.get("remaining", 0) == COUNT

        wait_for(filled, "doze has listed all instances")
        cpu = cpu_seconds(pid)
        time.sleep(REST)
        figures = {"held": status(pid, "VmRSS"), "peak": status(pid, "VmHWM"), "cpu": cpu}
        with doze.udp() as client:
            client.ask_json("AWS_EC2_LIST", {"max_age_seconds": 0})
        time.sleep(REST)
        return {**figures, "again": status(pid, "VmRSS")}
    finally:
        doze.end()


def measure(folder):
    save(folder / "pages", COUNT)
    server = PageServer(PROGRAMS / "listing" / "page_server", folder / "pages")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "AWS_ENDPOINT_URL": server.endpoint,
                   "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_EC2_METADATA_DISABLED": "true"}
    try:
        measure_ways(server.endpoint, environment)
        runs = [measure_daemon(folder / f"daemon{number}", server.endpoint) for number in range(ROUNDS)]
        print(f"\nThe daemon with {COUNT:,} instances in {len(REGIONS)} regions")
        row("resident memory held (aim under 15 MB)", f"{median(runs, 'held') / 1000:.1f} MB",
            f"peak {median(runs, 'peak') / 1000:.1f} MB", f"{median(runs, 'again') / 1000:.1f} MB after listing again")
        row("CPU from start to all listed", f"{median(runs, 'cpu'):.2f} s")
    finally:
        server.close()
        shutil.rmtree(folder / "pages")
