"""Queues: messages on their way, each with a queue for those that nobody could take."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import sqs

from components.core.checks import name_problems, refuse
from components.core.component import Component
from components.core.context import Context
from components.core.documents import QUEUE_LIMIT, Grant, Refusal, resource_policy
from components.core.offers import Signal, Statement
from components.core.outputs import gather
from components.data.names import arn_of, dead_letters_name, queue_name

DEAD_DAYS: Final = 14
"""For how long a dead letter is kept: the longest there is (SQS API reference, SetQueueAttributes)."""
_DAY: Final = 86_400
_WAIT_SECONDS: Final = 20
"""For how long a receiver waits for a message: the longest there is, and the fewest calls (same page)."""
_KEY_SECONDS: Final = 3_600
"""For how long a data key is used again before KMS is asked (same page)."""
_MOST_VISIBILITY: Final = 43_200
_MOST_RECEIVES: Final = 1_000
_MOST_STATEMENTS: Final = 20
"""Statements of a queue's policy (SQS developer guide, "Custom policy limitations")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueArgs:
    """A queue for one `purpose` (`images`), which names it.

    Who takes a message has it alone for `visibility_seconds`; after `receives` such times in vain it is a dead letter. One that
    nobody takes is gone after `retention_days`. `key_arn` encrypts both queues. `grants` are whom its policy lets in, and
    `bucket_arns` the buckets that tell it of new objects: S3 may use the key already. Raises ValueError that names every fault.
    """

    purpose: str
    visibility_seconds: int
    retention_days: int
    receives: int
    key_arn: Input[str]
    grants: tuple[Grant, ...] = ()
    bucket_arns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        yield from name_problems("purpose", self.purpose)
        if not 1 <= self.visibility_seconds <= _MOST_VISIBILITY:
            yield f"visibility_seconds: {self.visibility_seconds} is not possible; 1 to {_MOST_VISIBILITY}"
        if not 1 <= self.retention_days < DEAD_DAYS:
            yield f"retention_days: {self.retention_days} is not possible; 1 to {DEAD_DAYS - 1}, less than dead letters are kept"
        if not 1 <= self.receives <= _MOST_RECEIVES:
            yield f"receives: {self.receives} is not possible; 1 to {_MOST_RECEIVES}"
        if (count := len(self.grants) + bool(self.bucket_arns) + len(_refusals("", ""))) > _MOST_STATEMENTS:
            yield f"grants: its policy would have {count} statements; at most {_MOST_STATEMENTS}"


class Queue(Component):
    """A queue that only this account reaches, by TLS, encrypted, and one for its dead letters.

    Creates: both queues with a policy each; the second takes dead letters of the first alone.
    Costs: by the request; by the call to KMS.
    When not: where each of several has to get every message, a topic; where order matters, a stream.
    """

    TYPE: ClassVar[str] = "plinth:data:Queue"

    queue_arn: Output[str]
    queue_url: Output[str]
    dead_letters_url: Output[str]

    def __init__(self, name: str, args: QueueArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self._args = args
        self._called, self._dead_called = queue_name(ctx, args.purpose), dead_letters_name(ctx, args.purpose)
        arn, dead_arn = arn_of(ctx, self._called), arn_of(ctx, self._dead_called)
        # A letter is as old as when it was sent, not as when it died: the second keeps it longer than the first.
        dead = self._queue("dead-letters", self._dead_called, retention_days=DEAD_DAYS, opts=self.under(stateful=True))
        queue = self._queue(
            "queue",
            self._called,
            retention_days=args.retention_days,
            redrive_policy=json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": args.receives}),
            opts=self.under(stateful=True, after=[dead]),
        )
        sqs.RedriveAllowPolicy(
            f"{name}-dead-letters-sources",
            queue_url=dead.url,
            redrive_allow_policy=json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [arn]}),
            region=ctx.region,
            opts=self.under(after=[queue]),
        )
        policy = self._policy("policy", queue, arn, (*args.grants, *_of_buckets(args.bucket_arns, arn, ctx.account_id)))
        self._policy("dead-letters-policy", dead, dead_arn, ())
        # Who is told to send to it does so once it is let in.
        self.queue_arn = gather([queue.arn, policy.id]).apply(lambda known: known[0])
        self.queue_url = queue.url
        self.dead_letters_url = dead.url
        self.publish()

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What to watch: dead letters, and what nobody takes. Source: SQS developer guide, "Available CloudWatch metrics"."""
        name, args = self.pulumi_resource_name, self._args
        return (
            Signal(
                key=f"{name}-dead-letters",
                namespace="AWS/SQS",
                metric="ApproximateNumberOfMessagesVisible",
                dimensions={"QueueName": self._dead_called},
                statistic="Maximum",
                threshold=0,
                meaning=f"messages were taken {args.receives} times in vain: look at one, mend who takes them, and redrive them",
            ),
            Signal(
                key=f"{name}-waiting",
                namespace="AWS/SQS",
                metric="ApproximateAgeOfOldestMessage",
                dimensions={"QueueName": self._called},
                statistic="Maximum",
                threshold=args.visibility_seconds * args.receives,
                meaning="a message is older than all attempts to take it could be: nobody takes them, or too few",
            ),
        )

    def _queue(
        self, role: str, called: str, *, retention_days: int, redrive_policy: str | None = None, opts: ResourceOptions
    ) -> sqs.Queue:
        name, ctx = f"{self.pulumi_resource_name}-{role}", self._ctx
        return sqs.Queue(
            name,
            name=called,
            kms_master_key_id=self._args.key_arn,
            kms_data_key_reuse_period_seconds=_KEY_SECONDS,
            message_retention_seconds=retention_days * _DAY,
            visibility_timeout_seconds=self._args.visibility_seconds,
            receive_wait_time_seconds=_WAIT_SECONDS,
            redrive_policy=redrive_policy,
            region=ctx.region,
            tags=ctx.tagged(name),
            opts=opts,
        )

    def _policy(self, role: str, queue: sqs.Queue, arn: str, grants: tuple[Grant, ...]) -> sqs.QueuePolicy:
        return sqs.QueuePolicy(
            f"{self.pulumi_resource_name}-{role}",
            queue_url=queue.url,
            policy=resource_policy(grants, limit=QUEUE_LIMIT, refusals=_refusals(arn, self._ctx.account_id)),
            region=self._ctx.region,
            opts=self.under(),
        )


def _refusals(arn: str, account_id: str) -> tuple[Refusal, ...]:
    """Nobody without TLS, and nobody of another account but services of AWS, who come on behalf of ours."""
    return (
        Refusal(actions=("sqs:*",), resources=(arn,), conditions={"Bool": {"aws:SecureTransport": "false"}}),
        Refusal(
            actions=("sqs:*",),
            resources=(arn,),
            conditions={
                "StringNotEquals": {"aws:PrincipalAccount": account_id},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            },
        ),
    )


def _of_buckets(bucket_arns: tuple[str, ...], arn: str, account_id: str) -> Iterator[Grant]:
    """S3 on behalf of buckets (S3 user guide, "Granting permissions to publish event notification messages to a destination")."""
    if bucket_arns:
        yield Grant(
            principals={"Service": ("s3.amazonaws.com",)},
            statement=Statement(
                sid="NewObjects",
                actions=("sqs:SendMessage",),
                resources=(arn,),
                conditions={"ArnEquals": {"aws:SourceArn": bucket_arns}, "StringEquals": {"aws:SourceAccount": account_id}},
            ),
        )
