"""What scaling did, for later: a record of every event of the services that scale."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import cloudwatch

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.documents import Grant, Principals, resource_policy
from components.core.logs import log_group, log_group_arn
from components.core.offers import Statement
from components.core.retention import RetentionDays, retention_problems

Source = Literal["aws.autoscaling", "aws.ecs", "aws.application-autoscaling"]
EVENTS: Final[Mapping[Source, tuple[str, ...]]] = {
    "aws.autoscaling": (
        "EC2 Instance Launch Successful",
        "EC2 Instance Launch Unsuccessful",
        "EC2 Instance Terminate Successful",
        "EC2 Instance Terminate Unsuccessful",
        "EC2 Auto Scaling Instance Refresh Failed",
        "EC2 Auto Scaling Instance Refresh Started",
        "EC2 Auto Scaling Instance Refresh Succeeded",
    ),
    "aws.ecs": ("ECS Deployment State Change", "ECS Service Action"),
    "aws.application-autoscaling": ("Application Auto Scaling Scaling Activity State Change",),
}
"""The events of each source that say how many there are. Application Auto Scaling has one: that there are as many as may be.

Sources: EC2 Auto Scaling user guide, "Amazon EC2 Auto Scaling event reference"; ECS developer guide, "Amazon ECS events";
Application Auto Scaling user guide, "Application Auto Scaling events and EventBridge".
"""
_SCALED_BY: Final = "ecs.application-autoscaling.amazonaws.com"
"""Who changes the number of tasks of a service that scales. That change itself is an event where CloudTrail records it."""
_LIMIT: Final = 5_120
"""Characters of a resource policy of CloudWatch Logs (CloudWatch Logs API reference, PutResourcePolicy)."""
_SERVICE, _RESOURCE = "scaling", "events"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingEventsArgs:
    """Events of `sources`, kept for `retention_days` and encrypted with `key_arn`. Raises ValueError that names every fault."""

    sources: tuple[Source, ...]
    retention_days: RetentionDays
    key_arn: Input[str]

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        yield from retention_problems(self.retention_days)
        if not self.sources:
            yield f"sources: none given; of {', '.join(EVENTS)}"
        if len(set(self.sources)) != len(self.sources):
            yield "sources: one is given twice; each once"
        for source in self.sources:
            if source not in EVENTS:
                yield f"sources: {source} scales nothing; of {', '.join(EVENTS)}"


class ScalingEvents(Component):
    """A log group that events of scaling go to.

    Of machines each start and end is there. Of tasks: deployments, whether a service is steady, and when as many run as may. The
    single steps of it are calls of Application Auto Scaling, which AWS hands on as events only where a trail of CloudTrail
    records management events in the account: without one they are not there.

    Creates: the log group, a policy that lets EventBridge write to it, and a rule for each source of events.
    Costs: by the gigabyte that is logged, hardly any; rules for events of AWS cost nothing.
    """

    TYPE: ClassVar[str] = "plinth:compute:ScalingEvents"

    log_group_name: Output[str]

    def __init__(self, name: str, args: ScalingEventsArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        records = log_group(
            self, ctx, service=_SERVICE, resource=_RESOURCE, retention_days=args.retention_days, key_arn=args.key_arn
        )
        policy = cloudwatch.LogResourcePolicy(
            f"{name}-policy",
            policy_name=ctx.physical(_SERVICE, _RESOURCE, kind="log-group"),
            policy_document=_policy(ctx),
            region=ctx.region,
            opts=self.under(after=[records]),
        )
        for source in args.sources:
            key = source.removeprefix("aws.")
            rule = cloudwatch.EventRule(
                f"{name}-{key}",
                description=f"Events of scaling of {source}",
                event_pattern=_pattern(ctx, source),
                region=ctx.region,
                tags=ctx.tagged(f"{name}-{key}"),
                opts=self.under(),
            )
            cloudwatch.EventTarget(
                f"{name}-{key}-to-log",
                rule=rule.name,
                arn=records.arn,
                region=ctx.region,
                opts=self.under(after=[policy]),
            )
        self.log_group_name = records.name
        self.publish()


def _pattern(ctx: Context, source: Source) -> str:
    """Events of the stack's own groups and services: an account may hold other stacks."""
    own = f"{ctx.project}-{ctx.environment}-"
    service = f"arn:aws:ecs:{ctx.region}:{ctx.account_id}:service/{own}"
    told: dict[str, object] = {"detail-type": list(EVENTS[source])}
    of_stack: Mapping[Source, Mapping[str, object]] = {
        "aws.autoscaling": {**told, "detail": {"AutoScalingGroupName": [{"prefix": own}]}},
        "aws.ecs": {"$or": [{**told, "resources": [{"prefix": service}]}, _change_of_number(own)]},
        "aws.application-autoscaling": {**told, "detail": {"resourceId": [{"prefix": f"service/{own}"}]}},
    }
    return json.dumps({"source": [source], **of_stack[source]})


def _change_of_number(own: str) -> Mapping[str, object]:
    """A call that gives a service of the cluster another number of tasks, as CloudTrail records it."""
    return {
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["UpdateService"],
            "userIdentity": {"invokedBy": [_SCALED_BY]},
            "requestParameters": {"cluster": [{"prefix": own}]},
        },
    }


def _policy(ctx: Context) -> Input[str]:
    """Source: EventBridge user guide, "Amazon CloudWatch Logs permissions"; narrowed to rules of the stack, by their names.

    A stream is made before it is known for which rule: there is no source to ask for.
    """
    rules = f"arn:aws:events:{ctx.region}:{ctx.account_id}:rule/{ctx.project}-{ctx.environment}-*"
    streams = (f"{log_group_arn(ctx, _SERVICE, _RESOURCE)}:*",)
    makes = Statement(actions=("logs:CreateLogStream",), resources=streams)
    writes = Statement(
        actions=("logs:PutLogEvents",),
        resources=streams,
        conditions={"ArnLike": {"aws:SourceArn": rules}, "StringEquals": {"aws:SourceAccount": ctx.account_id}},
    )
    services: Principals = {"Service": ("delivery.logs.amazonaws.com", "events.amazonaws.com")}
    return resource_policy([Grant(principals=services, statement=one) for one in (makes, writes)], limit=_LIMIT)
