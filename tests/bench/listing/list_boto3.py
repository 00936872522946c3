"""boto3's ways to list all instances of some regions: `list_boto3.py WAY REGION...`, endpoint and credentials from the
environment.

    plain      one client after the other, describe_instances() once each: most programs begin so
    paginator  one client after the other, 1,000 instances a page
    threads    the same with a thread for each region
"""
import json
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3


def instances(pages):
    return [instance for page in pages for reservation in page["Reservations"] for instance in reservation["Instances"]]


def plain(region):
    return instances([boto3.session.Session(region_name=region).client("ec2").describe_instances()])


def paginated(region):
    client = boto3.session.Session(region_name=region).client("ec2")
    return instances(client.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 1000}))


def main():
    way, *regions = sys.argv[1:]
    if way == "threads":
        with ThreadPoolExecutor(len(regions)) as pool:
            listed = list(pool.map(paginated, regions))
    else:
        listed = [(plain if way == "plain" else paginated)(region) for region in regions]
    peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:"))
    print(json.dumps({"instances": sum(map(len, listed)), "peak_kb": int(peak)}))


if __name__ == "__main__":
    main()
