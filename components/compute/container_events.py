"""The record of what scaling and deployments did to services."""

import json
from dataclasses import dataclass
from typing import ClassVar, Final

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import cloudwatch

from components.compute.task_rights import AREA
from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.documents import Grant, resource_policy
from components.core.logs import log_group, log_group_arn
from components.core.offers import Statement
from components.core.retention import RetentionDays, retention_problems

_RESOURCE: Final = "events"
_LIMIT: Final = 5_120
"""Characters of a resource policy of CloudWatch Logs (API reference, PutResourcePolicy)."""
_PATTERNS: Final = {
    "deployments": ("aws.ecs", ("ECS Deployment State Change", "ECS Service Action")),
    "scaling": ("aws.application-autoscaling", ("Application Auto Scaling Scaling Activity State Change",)),
}
"""Who says what. Sources: ECS developer guide, "Amazon ECS events"; Application Auto Scaling user guide, "Monitor Application
Auto Scaling events using Amazon EventBridge"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerEventsArgs:
    """Events of the services in the cluster `cluster_name`, kept for `retention_days`, encrypted with `key_arn`.

    Raises ValueError for a number of days that there is not.
    """

    cluster_name: str
    retention_days: RetentionDays
    key_arn: Input[str]

    def __post_init__(self) -> None:
        refuse(self, retention_problems(self.retention_days))


class ContainerEvents(Component):
    """What happened to the services of one cluster, and when: deployments, tasks that found no place, changes of their number.

    Creates: the log group; a rule for each source of events, which writes to it; the policy that lets those rules.
    Costs: the records, by the GB.
    """

    TYPE: ClassVar[str] = "plinth:compute:ContainerEvents"

    log_group_name: Output[str]

    def __init__(self, name: str, args: ContainerEventsArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        group = log_group(self, ctx, service=AREA, resource=_RESOURCE, retention_days=args.retention_days, key_arn=args.key_arn)
        allowed = cloudwatch.LogResourcePolicy(
            f"{name}-policy",
            policy_name=ctx.physical(AREA, _RESOURCE, kind="resource-policy"),
            policy_document=_policy(ctx),
            region=ctx.region,
            opts=self.under(),
        )
        for key, (source, kinds) in _PATTERNS.items():
            rule = cloudwatch.EventRule(
                f"{name}-{key}",
                description=f"What {key} did to services in {args.cluster_name}",
                event_pattern=_pattern(ctx, args.cluster_name, key, source, kinds),
                region=ctx.region,
                tags=ctx.tagged(f"{name}-{key}"),
                opts=self.under(),
            )
            cloudwatch.EventTarget(
                f"{name}-{key}-records",
                rule=rule.name,
                arn=group.arn,
                target_id="records",
                region=ctx.region,
                opts=self.under(after=[allowed]),
            )
        self.log_group_name = group.name
        self.publish()


def _pattern(ctx: Context, cluster: str, key: str, source: str, kinds: tuple[str, ...]) -> str:
    of_cluster = (
        {"resources": [{"prefix": f"arn:aws:ecs:{ctx.region}:{ctx.account_id}:service/{cluster}/"}]}
        if key == "deployments"
        else {"detail": {"resourceId": [{"prefix": f"service/{cluster}/"}]}}
    )
    return json.dumps({"source": [source], "detail-type": list(kinds), **of_cluster}, sort_keys=True)


def _policy(ctx: Context) -> Input[str]:
    """Source: EventBridge user guide, "Using resource-based policies", "CloudWatch Logs permissions"."""
    ours = f"arn:aws:events:{ctx.region}:{ctx.account_id}:rule/{ctx.project}-{ctx.environment}-*"
    statement = Statement(
        sid="Events",
        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
        resources=(f"{log_group_arn(ctx, AREA, _RESOURCE)}:*",),
        conditions={"ArnLike": {"aws:SourceArn": ours}},
    )
    services = ("delivery.logs.amazonaws.com", "events.amazonaws.com")
    return resource_policy([Grant(principals={"Service": services}, statement=statement)], limit=_LIMIT)
