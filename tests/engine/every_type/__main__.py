"""One of each type that a stack may have and `dev` has not, and each change in place: made with STEP=1, changed with STEP=2.

For tests/engine/test_pipeline_rights.py, which says what is missing here because the emulated AWS has it not.
"""

import json
import os

import pulumi
from pulumi_aws import Provider, cloudwatch, ec2, iam, kms, secretsmanager, servicediscovery, ssm

FIRST = os.environ["STEP"] == "1"
ACCOUNT = "123456789012"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/guarded/plinth-dev-boundary"
WORD = "first" if FIRST else "second"


def policy(action: str, resource: str = "arn:aws:s3:::x/*", **more: object) -> str:
    statement = {"Effect": "Allow", "Action": [action], "Resource": [resource], **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


stack = {"project": "plinth", "environment": "dev"}
tags = {**stack, "changes": WORD, **({"goes": "away"} if FIRST else {})}
provider = Provider("aws", region="us-east-1", allowed_account_ids=[ACCOUNT], default_tags={"tags": tags})
made = pulumi.ResourceOptions(provider=provider)
rights = policy("s3:GetObject" if FIRST else "s3:PutObject")
administered = policy("kms:*", "*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})

key = kms.Key("key", description=WORD, enable_key_rotation=FIRST, policy=None if FIRST else administered, opts=made)
spare = kms.Key("spare", is_enabled=not FIRST, opts=made)
kms.Alias("alias", name="alias/plinth-dev-x", target_key_id=(key if FIRST else spare).key_id, opts=made)

secret = secretsmanager.Secret("secret", name="plinth-dev-x", kms_key_id=key.arn, description=WORD, opts=made)
secretsmanager.SecretVersion("value", secret_id=secret.id, secret_string=f"not a secret, {WORD}", opts=made)
stages = ["AWSCURRENT", "x"] if FIRST else ["AWSCURRENT"]
staged = secretsmanager.Secret("staged", name="plinth-dev-staged", opts=made)
secretsmanager.SecretVersion(
    "stage",
    secret_id=staged.id,
    secret_string="not a secret",  # noqa: S106
    version_stages=stages,
    opts=made,
)
readers = policy(f"secretsmanager:{'GetSecretValue' if FIRST else 'DescribeSecret'}", "*", Principal={"AWS": ACCOUNT})
secretsmanager.SecretPolicy("readers", secret_arn=secret.arn, policy=readers, opts=made)
for name, copied in (("copied", not FIRST), ("alone", FIRST)):
    replicas: list[secretsmanager.SecretReplicaArgsDict] = [{"region": "us-west-2"}] if copied else []
    secretsmanager.Secret(name, name=f"plinth-dev-{name}", replicas=replicas, opts=made)
ssm.Parameter("parameter", name="/plinth/dev/x", type="SecureString", key_id=key.arn, value=f"not a secret, {WORD}", opts=made)

group = cloudwatch.LogGroup(
    "logs", name="plinth-dev-x", retention_in_days=7 if FIRST else None, kms_key_id=None if FIRST else key.arn, opts=made
)
cloudwatch.LogGroup("plain", name="plinth-dev-plain", kms_key_id=key.arn if FIRST else None, opts=made)
cloudwatch.LogStream("stream", name="x", log_group_name=group.name, opts=made)

service = "ec2.amazonaws.com" if FIRST else "ecs-tasks.amazonaws.com"
role = iam.Role(
    "role",
    name="plinth-dev-x",
    description=WORD,
    assume_role_policy=trust(service),
    max_session_duration=3600 if FIRST else 7200,
    permissions_boundary=BOUNDARY,
    opts=made,
)
iam.RolePolicy("inline", name="x", role=role.name, policy=rights, opts=made)
attached = iam.Policy("policy", name="plinth-dev-x", policy=rights, opts=made)
iam.RolePolicyAttachment("attachment", role=role.name, policy_arn=attached.arn, opts=made)
iam.InstanceProfile("profile", name="plinth-dev-x", role=role.name, opts=made)
user = iam.User("user", name="plinth-dev-x", permissions_boundary=BOUNDARY, opts=made)
iam.UserPolicy("user-inline", name="x", user=user.name, policy=rights, opts=made)
people = iam.Group("group", name="plinth-dev-x", opts=made)
iam.GroupPolicy("group-inline", name="x", group=people.name, policy=rights, opts=made)
iam.User("renamed-user", name=f"plinth-dev-{WORD}", permissions_boundary=BOUNDARY, opts=made)
iam.Group("renamed-group", name=f"plinth-dev-{WORD}", opts=made)
iam.AccountPasswordPolicy("passwords", minimum_password_length=14 if FIRST else 15, opts=made)

vpc = ec2.Vpc("vpc", cidr_block="10.9.0.0/16", enable_dns_hostnames=FIRST, opts=made)
subnet = ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.9.0.0/24", map_public_ip_on_launch=FIRST, opts=made)
gateway = ec2.InternetGateway("gateway", vpc_id=vpc.id, opts=made)
address = ec2.Eip("address", domain="vpc", opts=made)
nat = ec2.NatGateway("nat", subnet_id=subnet.id, allocation_id=address.id, opts=made)
table = ec2.RouteTable("table", vpc_id=vpc.id, opts=made)
target = {"gateway_id": gateway.id} if FIRST else {"nat_gateway_id": nat.id}
ec2.Route("route", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", opts=made, **target)
ec2.VpcEndpoint(
    "endpoint",
    vpc_id=vpc.id,
    service_name="com.amazonaws.us-east-1.s3",
    route_table_ids=[table.id] if FIRST else [],
    opts=made,
)
servicediscovery.PrivateDnsNamespace("names", name="x.internal", vpc=vpc.id, description=WORD, opts=made)

# What stands with a stack, and is an administrator's to make.
url = "https://token.actions.githubusercontent.com"
iam.OpenIdConnectProvider("ci", url=url, client_id_lists=["sts.amazonaws.com"], opts=made)
iam.Role("deploy", name="plinth-dev-deploy", path="/guarded/", assume_role_policy=trust(service), opts=made)
