"""DescribeInstances answers as EC2 writes them, saved for page_server."""
import subprocess

REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-northeast-1", "ap-northeast-2"]
PAGE_SIZE = 1000
TYPES = ["t3.small", "t3.large", "m5.xlarge", "c6i.2xlarge", "r6g.large"]

# The members, their order and their nesting: the EC2 API reference, DescribeInstances and its data types.
INSTANCE = """<item><reservationId>r-{n:017x}</reservationId><ownerId>123456789012</ownerId><groupSet/><instancesSet><item>
<instanceId>i-{n:017x}</instanceId><imageId>ami-0c02fb55956c7d316</imageId>
<instanceState><code>{code}</code><name>{state}</name></instanceState>
<privateDnsName>ip-10-{a}-{b}-{c}.{region}.compute.internal</privateDnsName>
<dnsName>{dns}</dnsName><reason>{reason}</reason>
<keyName>developers</keyName><amiLaunchIndex>0</amiLaunchIndex><productCodes/><instanceType>{type}</instanceType>
<launchTime>2026-03-{day:02d}T08:15:{second:02d}.000Z</launchTime>
<placement><availabilityZone>{region}{zone}</availabilityZone><groupName/><tenancy>default</tenancy></placement>
<monitoring><state>disabled</state></monitoring><subnetId>subnet-{subnet:017x}</subnetId><vpcId>vpc-0a1b2c3d4e5f60718</vpcId>
<privateIpAddress>10.{a}.{b}.{c}</privateIpAddress>{address}<sourceDestCheck>true</sourceDestCheck>
<groupSet><item><groupId>sg-0123456789abcdef0</groupId><groupName>developers-ssh</groupName></item>
<item><groupId>sg-0fedcba9876543210</groupId><groupName>default</groupName></item></groupSet>{why}
<architecture>x86_64</architecture><rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/xvda</rootDeviceName>
<blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><volumeId>vol-{n:017x}</volumeId><status>attached</status>
<attachTime>2026-03-01T08:15:01.000Z</attachTime><deleteOnTermination>true</deleteOnTermination></ebs></item>
<item><deviceName>/dev/sdf</deviceName><ebs><volumeId>vol-1{n:016x}</volumeId><status>attached</status>
<attachTime>2026-03-01T08:15:01.000Z</attachTime><deleteOnTermination>false</deleteOnTermination></ebs></item>
</blockDeviceMapping><virtualizationType>hvm</virtualizationType><clientToken>{n:08x}-5d6a-4f3c-9f0e-2b7d1c8e4a90</clientToken>
<tagSet><item><key>Name</key><value>{name}</value></item><item><key>team</key><value>payments &amp; billing</value></item>
<item><key>env</key><value>{env}</value></item><item><key>cost-center</key><value>4711</value></item>
<item><key>owner</key><value>dev-{owner}@example.com</value></item></tagSet><hypervisor>xen</hypervisor>
<networkInterfaceSet><item><networkInterfaceId>eni-{n:017x}</networkInterfaceId><subnetId>subnet-{subnet:017x}</subnetId>
<vpcId>vpc-0a1b2c3d4e5f60718</vpcId><description/><ownerId>123456789012</ownerId><status>in-use</status>
<macAddress>02:42:{a:02x}:{b:02x}:{c:02x}:01</macAddress><privateIpAddress>10.{a}.{b}.{c}</privateIpAddress>
<privateDnsName>ip-10-{a}-{b}-{c}.{region}.compute.internal</privateDnsName><sourceDestCheck>true</sourceDestCheck>
<groupSet><item><groupId>sg-0123456789abcdef0</groupId><groupName>developers-ssh</groupName></item></groupSet>
<attachment><attachmentId>eni-attach-{n:017x}</attachmentId><deviceIndex>0</deviceIndex><status>attached</status>
<attachTime>2026-03-01T08:15:00.000Z</attachTime><deleteOnTermination>true</deleteOnTermination>
<networkCardIndex>0</networkCardIndex></attachment><privateIpAddressesSet><item><privateIpAddress>10.{a}.{b}.{c}</privateIpAddress>
<privateDnsName>ip-10-{a}-{b}-{c}.{region}.compute.internal</privateDnsName><primary>true</primary></item>
</privateIpAddressesSet><ipv6AddressesSet/><interfaceType>interface</interfaceType></item></networkInterfaceSet>
<iamInstanceProfile><arn>arn:aws:iam::123456789012:instance-profile/developers</arn><id>AIPAJBLK7RKJKWDXVHIEC</id>
</iamInstanceProfile><ebsOptimized>true</ebsOptimized><enaSupport>true</enaSupport>
<cpuOptions><coreCount>1</coreCount><threadsPerCore>2</threadsPerCore></cpuOptions>
<capacityReservationSpecification><capacityReservationPreference>open</capacityReservationPreference>
</capacityReservationSpecification><hibernationOptions><configured>false</configured></hibernationOptions>
<enclaveOptions><enabled>false</enabled></enclaveOptions><metadataOptions><state>applied</state><httpTokens>required</httpTokens>
<httpPutResponseHopLimit>2</httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint></metadataOptions>
<maintenanceOptions><autoRecovery>default</autoRecovery></maintenanceOptions><platformDetails>Linux/UNIX</platformDetails>
<usageOperation>RunInstances</usageOperation><operator><managed>false</managed></operator></item></instancesSet></item>"""
STOPPED = ("<stateReason><code>Client.UserInitiatedShutdown</code>"
           "<message>Client.UserInitiatedShutdown: User initiated shutdown</message></stateReason>")
PAGE = ('<?xml version="1.0" encoding="UTF-8"?>\n<DescribeInstancesResponse '
        'xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">\n<requestId>8f7724cf-496f-496e-8fe3-example</requestId>\n'
        "<reservationSet>{items}</reservationSet>{token}</DescribeInstancesResponse>")

# What the other services answer where there is nothing.
EMPTY = {
    "ecs": '{"clusterArns": []}',
    "eks": '{"clusters": []}',
    "application-autoscaling": '{"ScalableTargets": []}',
    "autoscaling.DescribeAutoScalingGroups":
        "<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups/>"
        "</DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>",
    "rds.DescribeDBInstances": "<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances/>"
                               "</DescribeDBInstancesResult></DescribeDBInstancesResponse>",
    "rds.DescribeDBClusters": "<DescribeDBClustersResponse><DescribeDBClustersResult><DBClusters/>"
                              "</DescribeDBClustersResult></DescribeDBClustersResponse>",
    "sts.GetCallerIdentity":
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        "<Arn>arn:aws:iam::123456789012:user/dev</Arn><UserId>AIDA</UserId><Account>123456789012</Account>"
        "</GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
        "</GetCallerIdentityResponse>",
}


def instance(number, region):
    """Every fourth is stopped and has no public address; every tenth bears a tag that guards it."""
    running = number % 4 != 0
    a, b, c = number // 65000, number // 250 % 256, number % 250 + 1
    return INSTANCE.format(
        n=number, region=region, a=a, b=b, c=c, type=TYPES[number % len(TYPES)], zone="abc"[number % 3],
        code=16 if running else 80, state="running" if running else "stopped",
        reason="" if running else "User initiated (2026-03-01 19:30:00 GMT)", why="" if running else STOPPED,
        dns=f"ec2-203-0-{b}-{c}.{region}.compute.amazonaws.com" if running else "",
        address=f"<ipAddress>203.0.{b}.{c}</ipAddress>" if running else "",
        day=number % 28 + 1, second=number % 60, subnet=number % 12 + 1, name=f"dev-{region}-{number:05d}",
        env="production" if number % 10 == 0 else "dev", owner=number % 40)


def save(folder, count):
    """Writes the answers for `count` instances spread over all regions into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in EMPTY.items():
        (folder / name).write_text(body)
    for index, region in enumerate(REGIONS):
        items = [instance(number, region) for number in range(index, count, len(REGIONS))]
        pages = [items[start:start + PAGE_SIZE] for start in range(0, len(items), PAGE_SIZE)]
        for number, page in enumerate(pages):
            token = f"<nextToken>{number + 1}</nextToken>" if number + 1 < len(pages) else ""
            (folder / f"ec2.{region}.{number}").write_text(PAGE.format(items="".join(page), token=token))
        (folder / f"ec2.{region}.all").write_text(PAGE.format(items="".join(items), token=""))


class PageServer:
    """page_server over a folder, from construction to close()."""

    def __init__(self, program, folder):
        self._process = subprocess.Popen([program, folder], stdout=subprocess.PIPE, text=True)
        self.endpoint = f"http://127.0.0.1:{int(self._process.stdout.readline())}"

    def close(self):
        self._process.kill()
        self._process.wait()
