"""What buckets are called: known before they exist, without a word to AWS."""

from typing import Final

from components.core import naming
from components.core.context import Context

FIREWALLS: Final = "aws-waf-logs-"
"""What AWS demands in front of the name of a bucket that web firewalls deliver to."""


def bucket_name(ctx: Context, purpose: str, place: str = "", prefix: str = "") -> str:
    """`plinth-dev-media-123456789012`: the account, since no two accounts of the world can share a name."""
    what = f"{purpose}-{place}" if place else purpose
    return naming.shorten(f"{prefix}{ctx.physical(what, ctx.account_id, kind='bucket')}", naming.LIMITS["bucket"])


def bucket_arn(ctx: Context, purpose: str, place: str = "", prefix: str = "") -> str:
    """The ARN of that bucket, known before it exists."""
    return f"arn:aws:s3:::{bucket_name(ctx, purpose, place, prefix)}"
