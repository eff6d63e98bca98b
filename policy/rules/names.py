"""POL-02, names that others must know: `{project}-{environment}-{service}-{resource}`."""

import re
from collections.abc import Iterator, Mapping

from policy.rules.rule import Finding, Rule, judged, of_type
from policy.rules.view import Resource, Stack

_NAMED: Mapping[str, str] = {
    "aws:autoscaling/group:Group": "name",
    "aws:cloudwatch/logGroup:LogGroup": "name",
    "aws:dynamodb/table:Table": "name",
    "aws:ecr/repository:Repository": "name",
    "aws:ecs/cluster:Cluster": "name",
    "aws:eks/cluster:Cluster": "name",
    "aws:elasticache/replicationGroup:ReplicationGroup": "replicationGroupId",
    "aws:iam/group:Group": "name",
    "aws:iam/instanceProfile:InstanceProfile": "name",
    "aws:iam/policy:Policy": "name",
    "aws:iam/role:Role": "name",
    "aws:iam/user:User": "name",
    "aws:kms/alias:Alias": "name",
    "aws:lambda/function:Function": "name",
    "aws:msk/cluster:Cluster": "clusterName",
    "aws:rds/cluster:Cluster": "clusterIdentifier",
    "aws:rds/instance:Instance": "identifier",
    "aws:rds/proxy:Proxy": "name",
    "aws:s3/bucket:Bucket": "bucket",
    "aws:secretsmanager/secret:Secret": "name",
    "aws:sns/topic:Topic": "name",
    "aws:sqs/queue:Queue": "name",
    "aws:ssm/parameter:Parameter": "name",
}
"""Where a type's physical name stands. Pulumi names other types, by a pattern that follows the convention (Pulumi.yaml)."""

_SERVICES_OWN = re.compile(
    r"^(alias/"  # every alias of a KMS key
    r"|/aws/[a-z]+(?:/(?:instance|cluster|proxy|domains|table|crawlers|jobs|workspaces))?/"  # log groups of services of AWS
    r"|aws-waf-logs-"  # what WAF writes to must be called so
    r"|/ecs/|/)"
)
"""What AWS demands or uses in front of a name; the convention holds for what follows."""


def _unconventional(resource: Resource, _: Stack) -> Iterator[Finding]:
    key = _NAMED[resource.type]
    name = resource.props.get(key)
    holds = name is None or _follows(str(name), resource)
    yield from judged(key, name, "does not follow {project}-{environment}-{service}-{resource}", holds=holds)


def _follows(name: str, resource: Resource) -> bool:
    """Lower-case words, project and environment first; parameters and secrets may separate them by slashes."""
    words = re.split(r"[-/]", _SERVICES_OWN.sub("", name.removesuffix(".fifo"), count=1))
    own = re.split("-", f"{resource.project}-{resource.stack}")
    return len(words) > len(own) and words[: len(own)] == own and all(re.fullmatch(r"[a-z0-9]+", word) for word in words)


RULES = (
    Rule(
        id="name-by-convention",
        severity="low",
        statement="What others must know by name is called {project}-{environment}-{service}-{resource}",
        why="Two stacks in one account collide, and nobody can tell from a name in an alarm what it belongs to.",
        fix="Call it by `ctx.physical(service, resource, kind=...)`, or give no name and let Pulumi choose one.",
        sources=("POL-02", "BST-06"),
        applies=of_type(*_NAMED),
        check=_unconventional,
        advisory_in=frozenset({"dev", "development", "staging"}),
    ),
)
