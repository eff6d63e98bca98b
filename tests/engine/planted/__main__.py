"""A program full of what the policies refuse, for the tests that run it. Each thing is called as what is wrong with it."""

import json

import pulumi_aws as aws
from pulumi import ResourceOptions

TAGS = {
    "project": "planted",
    "environment": "dev",
    "owner": "platform-team",
    "cost-centre": "1000",
    "workload": "platform",
    "managed-by": "pulumi",
    "backup": "none",
    "schedule": "always",
}


def rights(action: str, target: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [action], "Resource": [target]}]})


tagged = ResourceOptions(provider=aws.Provider("tagged", region="us-east-1", default_tags={"tags": TAGS}))
bare = ResourceOptions(provider=aws.Provider("bare", region="us-east-1"))

vpc = aws.ec2.Vpc("unwatched", cidr_block="10.9.0.0/16", opts=tagged)
aws.ec2.SecurityGroup(
    "ssh-inline",
    vpc_id=vpc.id,
    ingress=[{"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]}],
    opts=tagged,
)
old, new = (aws.ec2.SecurityGroup(name, vpc_id=vpc.id, opts=tagged) for name in ("old", "new"))
aws.ec2.SecurityGroupRule(
    "ssh-rule",
    type="ingress",
    security_group_id=old.id,
    cidr_blocks=["0.0.0.0/0"],
    protocol="tcp",
    from_port=22,
    to_port=22,
    opts=tagged,
)
aws.vpc.SecurityGroupIngressRule(
    "ssh-ipv4", security_group_id=new.id, cidr_ipv4="0.0.0.0/0", ip_protocol="tcp", from_port=22, to_port=22, opts=tagged
)
aws.vpc.SecurityGroupIngressRule(
    "ssh-ipv6", security_group_id=new.id, cidr_ipv6="::/0", ip_protocol="tcp", from_port=22, to_port=22, opts=tagged
)

trusted = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}
role = aws.iam.Role("role", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trusted]}), opts=tagged)
aws.iam.RolePolicy("all-of-s3", role=role.id, policy=rights("s3:*", "arn:aws:s3:::planted/*"), opts=tagged)
bucket = aws.s3.Bucket("untagged", opts=bare)
aws.iam.RolePolicy(
    "all-of-s3-on-unknown", role=role.id, policy=bucket.arn.apply(lambda arn: rights("s3:*", f"{arn}/*")), opts=tagged
)
