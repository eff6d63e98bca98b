"""What each stack has by name, its pipeline may make, change and take away under just that name."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import pytest

from components.core.context import Context
from components.core.offers import Statement
from components.security import handlers
from components.security.pipeline_rights import PipelineScope, deploy_statements
from plinth.engine.graph import Graph, Resource
from stack.config.loader import Stack
from tests.harness import STACKS, graphs, of_kind, stacks
from tests.iam import Request, allows

NAMED: Final[Mapping[str, tuple[str, str, str]]] = {
    "aws:accessanalyzer/analyzer:Analyzer": (
        "access-analyzer:Analyzer",
        "analyzerName",
        "access-analyzer:{here}:analyzer/{name}",
    ),
    "aws:cloudwatch/logGroup:LogGroup": ("logs:log-group", "name", "logs:{here}:log-group:{name}"),
    "aws:ecr/repository:Repository": ("ecr:repository", "name", "ecr:{here}:repository/{name}"),
    "aws:ecs/cluster:Cluster": ("ecs:cluster", "name", "ecs:{here}:cluster/{name}"),
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        "elasticache:replicationgroup",
        "replicationGroupId",
        "elasticache:{here}:replicationgroup:{name}",
    ),
    "aws:iam/instanceProfile:InstanceProfile": ("iam:instance-profile", "name", "iam::{account}:instance-profile{path}{name}"),
    "aws:iam/role:Role": ("iam:role", "name", "iam::{account}:role{path}{name}"),
    "aws:kms/alias:Alias": ("kms:alias", "name", "kms:{here}:{name}"),
    "aws:rds/instance:Instance": ("rds:db", "identifier", "rds:{here}:db:{name}"),
    "aws:rds/proxy:Proxy": ("rds:proxy", "name", "rds:{here}:db-proxy:prx-0123456789abcdef0"),
    "aws:s3/bucket:Bucket": ("s3:bucket", "bucket", "s3:::{name}"),
    "aws:secretsmanager/secret:Secret": ("secretsmanager:Secret", "name", "secretsmanager:{here}:secret:{name}-a1B2c3"),
    "aws:sns/topic:Topic": ("sns:topic", "name", "sns:{here}:{name}"),
    "aws:sqs/queue:Queue": ("sqs:queue", "name", "sqs:{here}:{name}"),
    "aws:ssm/parameter:Parameter": ("ssm:parameter", "name", "ssm:{here}:parameter{name}"),
}
"""What is called by a name of ours: its kind as the reference calls it, the property that names it, and its ARN."""
AN_ADMINISTRATORS: Final = frozenset({"aws:iam/group:Group"})
"""What stands under `/guarded/` alone, where no pipeline makes it."""
EVERY_STACK = pytest.mark.parametrize("stack", STACKS)


def deploying(stack: Stack, graph: Graph) -> tuple[Statement, ...]:
    """The rights of the role that deploys the stack, in every region in which it has something."""
    config, regions = stack.config, {str(one.inputs["region"]) for one in graph.resources.values() if "region" in one.inputs}
    scope = PipelineScope(
        regions=tuple(sorted(regions)), account_wide=config.account.singletons.enabled, domain=config.dns.domain
    )
    ctx = Context(
        project=stack.project,
        environment=stack.environment,
        account_id=config.platform.account_id,
        region=config.platform.regions.home,
        retain=config.platform.deletion == "retain",
        provider=cast("Any", None),
        role_path=config.identity.role_path,
    )
    return deploy_statements(ctx, scope)


def asked(stack: Stack, resource: Resource) -> Iterator[Request]:
    """All that making, changing and taking away a named thing asks of IAM about that thing."""
    kind, naming, form = NAMED[resource.type]
    account, region = stack.config.platform.account_id, resource.inputs.get("region", stack.config.platform.regions.home)
    arn = "arn:aws:" + form.format(
        here=f"{region}:{account}", account=account, name=resource.inputs[naming], path=resource.inputs.get("path", "/")
    )
    ours = {"project": stack.project, "environment": stack.environment}
    said = {f"aws:{of}Tag/{key}": value for of in ("Request", "Resource") for key, value in ours.items()}
    said["iam:PolicyARN"] = f"arn:aws:iam::{account}:policy{stack.config.identity.role_path}{stack.project}-{stack.environment}-x"
    emptied = {"s3:DeleteObject", "s3:DeleteObjectVersion"}  # of objects, which are another kind
    for call in sorted(handlers.actions(frozenset({resource.type}), ("create", "update", "delete")) - emptied):
        if any(right.resource == kind for right in handlers.rights()[call]):
            yield Request(action=call, arn=arn, context={"aws:RequestedRegion": region, **said})


@EVERY_STACK
@pytest.mark.requirement("DEL-04", part="what a stack has by name, the role that deploys it may make, change and take away")
def test_whatever_has_a_name_the_deploying_role_may_make_change_and_take_away_under_it(stack: str) -> None:
    loaded, graph = stacks()[stack], graphs()[stack]
    statements = deploying(loaded, graph)
    wanted = [request for one in graph.resources.values() if one.type in NAMED for request in asked(loaded, one)]
    assert len(wanted) > 200
    assert {(request.action, request.arn) for request in wanted if not allows(statements, request)} == set()


@EVERY_STACK
def test_no_type_that_goes_by_a_name_of_ours_is_left_out_of_that(stack: str) -> None:
    def goes_by_name(kind: str) -> bool:
        calls = handlers.actions(frozenset({kind}), ("create",))
        return any("{stack}" in right.arn or "{project}" in right.arn for call in calls for right in handlers.rights()[call])

    ours = (f"plinth-{stack}-", f"alias/plinth-{stack}-", f"/plinth/{stack}/", f"/aws/rds/instance/plinth-{stack}-")
    resources = [one for one in graphs()[stack].resources.values() if one.custom]
    named = {one.type for one in resources if str(one.inputs.get("name", "")).startswith(ours)}
    assert {kind for kind in named if goes_by_name(kind)} <= NAMED.keys() | AN_ADMINISTRATORS


@EVERY_STACK
@pytest.mark.requirement("DEL-04", part="every policy that a stack attaches, the role that deploys it may attach")
def test_every_policy_of_aws_that_the_stack_attaches_its_deploying_role_may_attach(stack: str) -> None:
    loaded, graph = stacks()[stack], graphs()[stack]
    statements = deploying(loaded, graph)
    attached = [(str(one.inputs["policyArn"]), str(one.inputs["role"])) for one in of_kind(graph, "RolePolicyAttachment")]
    assert len(attached) == {"dev": 0, "staging": 2, "prod": 2}[stack]
    for policy, name in attached:
        role = f"arn:aws:iam::{loaded.config.platform.account_id}:role{loaded.config.identity.role_path}{name}"
        request = Request(action="iam:AttachRolePolicy", arn=role, context={"iam:PolicyARN": policy})
        assert allows(statements, request), policy
