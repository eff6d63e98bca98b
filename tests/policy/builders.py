"""What the cases of the rules are made of."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from components.core.tagging import REQUIRED
from policy.rules.view import Mark, Resource

UNKNOWN = Mark.UNKNOWN
Case: TypeAlias = Sequence[Resource]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """The cases of one rule."""

    satisfied: Sequence[Case]
    violated: Sequence[Case]
    undecided: Sequence[Case]


def resource(
    token: str,
    props: Mapping[str, Any],
    *,
    name: str = "thing",
    stack: str = "prod",
    provider: Mapping[str, Any] | None = None,
    references: Mapping[str, tuple[str, ...]] | None = None,
) -> Resource:
    return Resource(
        urn=f"urn:pulumi:{stack}::plinth::{token}::{name}",
        props=props,
        provider=provider or {"region": "us-east-1"},
        references=references or {},
    )


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(**parts: Any) -> dict[str, Any]:
    return {"Effect": "Allow", **parts}


ARN = "arn:aws:s3:::plinth-prod-media-uploads/*"
ROLE = "arn:aws:iam::123456789012:role/plinth-prod-booking-task"
GET = allow(Action=["s3:GetObject"], Resource=[ARN])
DENY_ALL = {"Effect": "Deny", "Action": "*", "Resource": "*", "Principal": "*"}
SOURCE = {"StringEquals": {"AWS:SourceAccount": "123456789012"}}
FROM_US = {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}

ROLE_POLICY, ROLE_TYPE = "aws:iam/rolePolicy:RolePolicy", "aws:iam/role:Role"
BUCKET_POLICY, KEY = "aws:s3/bucketPolicy:BucketPolicy", "aws:kms/key:Key"
ENDPOINT, ENDPOINT_POLICY = "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"
PERMISSION = "aws:lambda/permission:Permission"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
GROUP, DEFAULT_GROUP = "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
OLD_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS, EGRESS = (
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
)
LOG_GROUP, VPC, FLOW_LOG = "aws:cloudwatch/logGroup:LogGroup", "aws:ec2/vpc:Vpc", "aws:ec2/flowLog:FlowLog"
BUCKET, TABLE = "aws:s3/bucket:Bucket", "aws:dynamodb/table:Table"


def rights(*statements: Mapping[str, Any]) -> Case:
    return [resource(ROLE_POLICY, {"policy": document(*statements)})]


def trust(**parts: Any) -> Case:
    return [resource(ROLE_TYPE, {"assumeRolePolicy": document(allow(Action="sts:AssumeRole", **parts))})]


def on_bucket(**parts: Any) -> Case:
    return [resource(BUCKET_POLICY, {"policy": document(allow(Action="s3:GetObject", Resource=ARN, **parts))})]


def of_events(*actions: str) -> Case:
    """What EventBridge may do with a log group, on behalf of whomever."""
    may = allow(Action=list(actions), Resource=ARN, Principal={"Service": "events.amazonaws.com"})
    return [resource("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", {"policyDocument": document(may)})]


UNKNOWN_RIGHTS: Case = [resource(ROLE_POLICY, {"policy": UNKNOWN})]
UNKNOWN_TRUST: Case = [resource(ROLE_TYPE, {"assumeRolePolicy": UNKNOWN})]
UNKNOWN_BUCKET_POLICY: Case = [resource(BUCKET_POLICY, {"policy": UNKNOWN})]


FROM_A_BUCKET = (f"urn:pulumi:prod::plinth::{BUCKET}::uploads",)
"""What an unknown value was made from."""


def endpoint(*others: Resource, policy: Any = None) -> Case:
    return [resource(ENDPOINT, {"policy": policy} if policy else {}, references={"policy": FROM_A_BUCKET}), *others]


def apart(policy: Any) -> Resource:
    """A policy of the endpoint `thing` as a resource of its own."""
    thing = f"urn:pulumi:prod::plinth::{ENDPOINT}::thing"
    return resource(
        ENDPOINT_POLICY, {"policy": policy}, name="apart", references={"vpcEndpointId": (thing,), "policy": FROM_A_BUCKET}
    )


def inline(**entry: Any) -> Case:
    return [resource(GROUP, {"ingress": [{"protocol": "tcp", "fromPort": 443, "toPort": 443, **entry}]})]


def old(**entry: Any) -> Case:
    return [resource(OLD_RULE, {"type": "ingress", "protocol": "tcp", "fromPort": 443, "toPort": 443, **entry})]


def ingress(**entry: Any) -> Case:
    return [resource(INGRESS, {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, **entry})]


SSH = {"fromPort": 22, "toPort": 22}
WORLD, WORLD6 = "0.0.0.0/0", "::/0"


def worn_by(token: str, **changed: Any) -> Case:
    """A group that admits the world by a rule of its own resource, and what wears it."""
    urn = f"urn:pulumi:prod::plinth::{GROUP}::thing"
    entry = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": WORLD, **changed}
    return [
        resource(GROUP, {}),
        resource(INGRESS, entry, name="rule", references={"securityGroupId": (urn,), "cidrIpv4": FROM_A_BUCKET}),
        resource(EGRESS, {"ipProtocol": "tcp"}, name="out", references={"referencedSecurityGroupId": (urn,)}),
        resource(token, {}, name="wearer", references={"securityGroups": (urn,)}),
    ]


TAGS = {
    "project": "plinth",
    "environment": "prod",
    "owner": "platform-team",
    "cost-centre": "1000",
    "workload": "platform",
    "managed-by": "pulumi",
    "backup": "none",
    "schedule": "always",
}
assert set(TAGS) == set(REQUIRED)


def tagged(token: str = BUCKET, **props: Any) -> Case:
    return [resource(token, props)]


def by_default(defaults: Mapping[str, Any], **props: Any) -> Case:
    """A bucket on a provider with these default tags."""
    return [resource(BUCKET, props, provider={"region": "us-east-1", "defaultTags": json.dumps({"tags": defaults})})]


def without(key: str) -> dict[str, str]:
    return {name: value for name, value in TAGS.items() if name != key}


GROUP_TAGS = [{"key": key, "value": value, "propagateAtLaunch": True} for key, value in TAGS.items()]
ASG = "aws:autoscaling/group:Group"


def called(token: str, key: str, name: Any) -> Case:
    return [resource(token, {key: name})]


def vpc(*, of: str = "thing", **log: Any) -> Case:
    """A VPC, and where one is described a flow log, of this VPC or of another."""
    urn = f"urn:pulumi:prod::plinth::{VPC}::{of}"
    logs = [resource(FLOW_LOG, log, name="log", references={"vpcId": (urn,), "trafficType": FROM_A_BUCKET})] if log else []
    return [resource(VPC, {}), *logs]
