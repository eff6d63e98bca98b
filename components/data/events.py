"""What happens to databases, told to whoever listens."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import rds, sns

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.documents import TOPIC_LIMIT, Grant, resource_policy
from components.core.offers import Statement

_CATEGORIES = ("availability", "deletion", "failover", "failure", "low storage", "maintenance", "read replica", "recovery")
"""Source: RDS user guide, "Amazon RDS event categories and event messages", for instances."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseEventsArgs:
    """Events of the instances `instance_ids`, by any name, on a topic encrypted with `key_arn`, which lets the service use it.

    Raises ValueError where there is no instance.
    """

    instance_ids: Mapping[str, Input[str]]
    key_arn: Input[str]

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        if not self.instance_ids:
            yield "instance_ids: none given; without any the events of every database of the account would be told"


class DatabaseEvents(Component):
    """Failovers, failures, full disks and maintenance of databases, as messages.

    Creates: an encrypted topic that RDS may publish to, and the subscription of the instances.
    Costs: by the message, and the first million is free.
    """

    TYPE: ClassVar[str] = "plinth:data:DatabaseEvents"

    topic_arn: Output[str]

    def __init__(self, name: str, args: DatabaseEventsArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        physical = ctx.physical("database", "events", kind="topic")
        arn = f"arn:aws:sns:{ctx.region}:{ctx.account_id}:{physical}"
        topic = sns.Topic(
            f"{name}-topic",
            name=physical,
            kms_master_key_id=args.key_arn,
            region=ctx.region,
            tags=ctx.tagged(f"{name}-topic"),
            opts=self.under(),
        )
        policy = sns.TopicPolicy(
            f"{name}-policy",
            arn=topic.arn,
            policy=resource_policy((_publisher(ctx, arn),), limit=TOPIC_LIMIT),
            region=ctx.region,
            opts=self.under(),
        )
        rds.EventSubscription(
            f"{name}-subscription",
            sns_topic=topic.arn,
            source_type="db-instance",
            source_ids=list(args.instance_ids.values()),
            event_categories=list(_CATEGORIES),
            region=ctx.region,
            tags=ctx.tagged(f"{name}-subscription"),
            opts=self.under(after=[policy]),  # RDS sends a message to try
        )
        self.topic_arn = topic.arn
        self.publish()


def _publisher(ctx: Context, arn: str) -> Grant:
    """Source: RDS user guide, "Granting permissions to publish notifications to an Amazon SNS topic"."""
    return Grant(
        principals={"Service": ("events.rds.amazonaws.com",)},
        statement=Statement(
            sid="Events",
            actions=("sns:Publish",),
            resources=(arn,),
            conditions={
                "ArnLike": {"aws:SourceArn": f"arn:aws:rds:{ctx.region}:{ctx.account_id}:*"},
                "StringEquals": {"aws:SourceAccount": ctx.account_id},
            },
        ),
    )
