"""Where the logs of a region end up: cheap, closed, and gone after a time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from pulumi import Output, ResourceOptions

from components.core.checks import name_problems, refuse
from components.core.component import Component
from components.core.context import Context
from components.storage.bucket import Bucket, BucketArgs
from components.storage.deliveries import Source, deliveries
from components.storage.lifecycle import Lifecycle, lifecycle_problems
from components.storage.names import FIREWALLS, bucket_arn

_PURPOSE, _WAF_PURPOSE = "logs", "waf"
_SOURCES: tuple[Source, ...] = ("alb", "cloudfront", "cloudtrail", "flow", "nlb", "s3")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogArchiveArgs:
    """Logs that age as `lifecycle` says; `place` sets apart the archive of another region. `waf` adds the bucket of firewalls.

    Raises ValueError that names every fault.
    """

    lifecycle: Lifecycle
    waf: bool = False
    place: str = ""

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        for where, problem, allowed in lifecycle_problems(self.lifecycle):
            yield f"lifecycle.{where}: {problem}; {allowed}"
        if self.place:
            yield from name_problems("place", self.place)


class LogArchive(Component):
    """The buckets that services of AWS deliver logs to: one for all but web firewalls, which demand a name of their own.

    Creates: the buckets, with a policy that lets each service write to its own folder on behalf of this account alone.
    Costs: by the gigabyte kept.

    They are encrypted with S3's own key: load balancers deliver to no other. Who read the logs of firewalls is recorded in the
    other bucket; who read that one is not: its records would be among what it records.
    """

    TYPE: ClassVar[str] = "plinth:storage:LogArchive"

    bucket_name: Output[str]

    def __init__(self, name: str, args: LogArchiveArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        logs = BucketArgs(
            purpose=_PURPOSE,
            versioned=True,
            lifecycle=args.lifecycle,
            key_arn=None,
            grants=deliveries(ctx, bucket_arn(ctx, _PURPOSE, args.place), _SOURCES),
            place=args.place,
        )
        self.bucket_name = Bucket(f"{name}-all", logs, ctx, self.under()).ready_name
        if args.waf:
            grants = deliveries(ctx, bucket_arn(ctx, _WAF_PURPOSE, args.place, FIREWALLS), ("waf",))
            waf = replace(logs, purpose=_WAF_PURPOSE, prefix=FIREWALLS, grants=grants, logs_bucket=self.bucket_name)
            Bucket(f"{name}-waf", waf, ctx, self.under())
        self.publish()
