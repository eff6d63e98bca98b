"""A Pulumi program of any size, of what real services are made of: what the benchmark plans."""

from pathlib import Path

STACK = "dev"


def write_program(folder: Path, resources: int) -> Path:
    """Writes a Pulumi program of exactly so many resources, components and provider included, into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Pulumi.yaml").write_text("name: synthetic\nruntime: python\n")
    (folder / f"Pulumi.{STACK}.yaml").write_text(f'config:\n  synthetic:resources: "{resources}"\n')
    (folder / "__main__.py").write_text(_PROGRAM)
    return folder


_PROGRAM = '''\
"""As many resources as the stack file says: components of what services are made of, in turn, until the next would not fit."""

from itertools import count

import pulumi
import pulumi_aws as aws

TAGS = {"Project": "synthetic", "Environment": "dev", "Owner": "platform-team", "CostCentre": "1000"}
ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
PORTS = (80, 443, 8443)


class Part(pulumi.ComponentResource):
    """`made` holds the latest part of each kind; a part that needs another takes it from there."""

    def __init__(self, name, made, opts):
        super().__init__(f"synthetic:index:{type(self).__name__}", name, None, opts)
        self.register_outputs(self.fill(name, made, pulumi.ResourceOptions(parent=self)))


class Network(Part):
    SIZE = 5 + 2 * len(ZONES)

    def fill(self, name, made, opts):
        tags = TAGS | {"Name": name}
        vpc = aws.ec2.Vpc(f"{name}-vpc", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, tags=tags, opts=opts)
        gateway = aws.ec2.InternetGateway(f"{name}-igw", vpc_id=vpc.id, tags=TAGS, opts=opts)
        table = aws.ec2.RouteTable(f"{name}-public", vpc_id=vpc.id, tags=TAGS | {"Name": f"{name}-public"}, opts=opts)
        aws.ec2.Route(
            f"{name}-out", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id, opts=opts
        )
        for index, zone in enumerate(ZONES):
            subnet = aws.ec2.Subnet(
                f"{name}-{zone}",
                vpc_id=vpc.id,
                cidr_block=f"10.0.{index * 16}.0/20",
                availability_zone=zone,
                map_public_ip_on_launch=True,
                tags=TAGS | {"Name": f"{name}-{zone}", "Tier": "public"},
                opts=opts,
            )
            aws.ec2.RouteTableAssociation(f"{name}-{zone}", subnet_id=subnet.id, route_table_id=table.id, opts=opts)
        self.vpc = vpc
        return {"vpcId": vpc.id}


class Firewall(Part):
    SIZE = 3 + len(PORTS)

    def fill(self, name, made, opts):
        vpc = made[Network].vpc
        group = aws.ec2.SecurityGroup(f"{name}-group", vpc_id=vpc.id, description=f"Traffic of {name}", tags=TAGS, opts=opts)
        for port in PORTS:
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-{port}",
                security_group_id=group.id,
                cidr_ipv4=vpc.cidr_block,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                opts=opts,
            )
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-out", security_group_id=group.id, cidr_ipv4="0.0.0.0/0", ip_protocol="-1", opts=opts
        )
        return {"groupId": group.id}


class Store(Part):
    SIZE = 6

    def fill(self, name, made, opts):
        bucket = aws.s3.Bucket(f"{name}-bucket", force_destroy=True, tags=TAGS, opts=opts)
        aws.s3.BucketVersioning(
            f"{name}-versions", bucket=bucket.id, versioning_configuration={"status": "Enabled"}, opts=opts
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=bucket.id,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms"}, "bucket_key_enabled": True}],
            opts=opts,
        )
        aws.s3.BucketPublicAccessBlock(
            f"{name}-private",
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=opts,
        )
        tiers = [{"days": 30, "storage_class": "STANDARD_IA"}, {"days": 90, "storage_class": "GLACIER"}]
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=bucket.id,
            rules=[
                {
                    "id": "tiers",
                    "status": "Enabled",
                    "transitions": tiers,
                    "noncurrent_version_expiration": {"noncurrent_days": 90},
                }
            ],
            opts=opts,
        )
        self.bucket = bucket
        return {"bucketArn": bucket.arn}


class Service(Part):
    SIZE = 4

    def fill(self, name, made, opts):
        bucket = made[Store].bucket
        logs = aws.cloudwatch.LogGroup(f"{name}-logs", retention_in_days=30, tags=TAGS, opts=opts)
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
        role = aws.iam.Role(f"{name}-role", assume_role_policy=policy(trust), tags=TAGS, opts=opts)
        objects = {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
            "Resource": [bucket.arn, pulumi.Output.concat(bucket.arn, "/*")],
        }
        lines = {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": pulumi.Output.concat(logs.arn, ":*"),
        }
        aws.iam.RolePolicy(f"{name}-policy", role=role.name, policy=policy(objects, lines), opts=opts)
        return {"roleArn": role.arn}


class Logs(Part):
    """What is left, which no other part fits into."""

    def fill(self, name, made, opts):
        for index in range(made[Logs]):
            aws.cloudwatch.LogGroup(f"{name}-{index}", retention_in_days=14, tags=TAGS, opts=opts)
        return {}


def policy(*statements):
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": statements})


def build(left):
    opts = pulumi.ResourceOptions(provider=aws.Provider("aws", region="us-east-1", default_tags={"tags": TAGS}))
    left -= 1
    made = {}
    for at in count():
        for kind in (Network, Firewall, Store, Service):
            if kind.SIZE > left:
                return left and Logs("rest", {Logs: left - 1}, opts)
            made[kind] = kind(f"{kind.__name__.lower()}{at}", made, opts)
            left -= kind.SIZE


build(pulumi.Config().require_int("resources"))
'''
