"""Who delivers logs to a bucket: services of AWS, each to its own folder, and only on behalf of this account's own resources."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from components.core.context import Context
from components.core.documents import Grant
from components.core.offers import Statement
from components.storage.names import FIREWALLS

Source: TypeAlias = Literal["alb", "cloudfront", "cloudtrail", "flow", "nlb", "s3", "waf"]
_DELIVERY, _OWNED = "delivery.logs.amazonaws.com", {"s3:x-amz-acl": "bucket-owner-full-control"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sender:
    """A service, the pattern of the resources on whose behalf it comes, and where below the folder of the source it writes.

    `also` is a second such pattern. `asks` says that it looks first whose bucket it is. `given` are the headers that it sends,
    which its guide has in the policy.
    """

    service: str
    source_arn: str
    below: str
    also: str = ""
    asks: bool = True
    given: Mapping[str, str] = field(default_factory=dict[str, str])


_OWN_FOLDER = "AWSLogs/{account}/*"
_SENDERS: Mapping[Source, _Sender] = MappingProxyType(
    {
        # Application Load Balancer user guide, "Enable access logs".
        "alb": _Sender(
            service="logdelivery.elasticloadbalancing.amazonaws.com",
            source_arn="arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/app/*",
            below=_OWN_FOLDER,
            asks=False,
        ),
        # CloudWatch Logs user guide, "Logs sent to Amazon S3" (V2). CloudFront is in one region, wherever the bucket is.
        "cloudfront": _Sender(
            service=_DELIVERY,
            source_arn="arn:aws:logs:*:{account}:delivery-source:*",
            below=_OWN_FOLDER,
            given=_OWNED,
        ),
        # CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail".
        "cloudtrail": _Sender(
            service="cloudtrail.amazonaws.com",
            source_arn="arn:aws:cloudtrail:{region}:{account}:trail/*",
            below=_OWN_FOLDER,
            given=_OWNED,
        ),
        # VPC user guide, "Amazon S3 bucket permissions for flow logs": this is what partitions that Hive reads are called.
        "flow": _Sender(
            service=_DELIVERY,
            source_arn="arn:aws:logs:{region}:{account}:*",
            below="AWSLogs/aws-account-id={account}/*",
            given=_OWNED,
        ),
        # Network Load Balancer user guide, "Access logs".
        "nlb": _Sender(service=_DELIVERY, source_arn="arn:aws:logs:{region}:{account}:*", below=_OWN_FOLDER, given=_OWNED),
        # S3 user guide, "Enabling Amazon S3 server access logging": it names the buckets that are recorded.
        "s3": _Sender(
            service="logging.s3.amazonaws.com",
            source_arn="arn:aws:s3:::{project}-{environment}-*",
            also=f"arn:aws:s3:::{FIREWALLS}{{project}}-{{environment}}-*",
            below="*",
            asks=False,
        ),
        # WAF developer guide, "Sending web ACL traffic logs to an Amazon Simple Storage Service bucket". Those of CloudFront come
        # from another region than the bucket may be in.
        "waf": _Sender(service=_DELIVERY, source_arn="arn:aws:logs:*:{account}:*", below=_OWN_FOLDER, given=_OWNED),
    }
)


def deliveries(ctx: Context, bucket_arn: str, sources: tuple[Source, ...]) -> tuple[Grant, ...]:
    """What the policy of the bucket with this ARN says of each source."""
    return tuple(grant for source in sources for grant in _grants(ctx, bucket_arn, source))


def _folder(source: Source) -> str:
    """Where a source writes. Flow logs and firewalls choose their own folders, below the top of the bucket."""
    return "" if source in ("flow", "waf") else f"{source}/"


def _grants(ctx: Context, bucket_arn: str, source: Source) -> tuple[Grant, ...]:
    sender = _SENDERS[source]
    of = _filled(sender.source_arn, ctx)
    own = {
        "ArnLike": {"aws:SourceArn": (of, _filled(sender.also, ctx)) if sender.also else of},
        "StringEquals": {"aws:SourceAccount": ctx.account_id},
    }
    write = Statement(
        sid=f"Write{source.capitalize()}",
        actions=("s3:PutObject",),
        resources=(f"{bucket_arn}/{_folder(source)}{_filled(sender.below, ctx)}",),
        conditions={**own, "StringEquals": {**own["StringEquals"], **sender.given}},
    )
    look = Statement(sid=f"Look{source.capitalize()}", actions=("s3:GetBucketAcl",), resources=(bucket_arn,), conditions=own)
    return tuple(
        Grant(principals={"Service": (sender.service,)}, statement=statement)
        for statement in ((write, look) if sender.asks else (write,))
    )


def _filled(pattern: str, ctx: Context) -> str:
    return pattern.format(region=ctx.region, account=ctx.account_id, project=ctx.project, environment=ctx.environment)
