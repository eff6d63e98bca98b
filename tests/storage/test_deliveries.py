"""Who delivers logs: each service by its own principal, to its own folder, on behalf of this account's own resources alone."""

from typing import Any, cast, get_args

import pytest

from components.core.context import Context
from components.core.documents import resource_policy
from components.storage.deliveries import Source, deliveries
from tests.iam import Request, allows

ACCOUNT = "111111111111"
BUCKET = "arn:aws:s3:::plinth-test-logs"
CTX = Context(
    project="plinth", environment="test", account_id=ACCOUNT, region="us-west-2", retain=False, provider=cast("Any", None)
)
LOGS = f"arn:aws:logs:us-west-2:{ACCOUNT}:*"
EXPECTED: dict[Source, tuple[str, str, str, bool]] = {
    "alb": (
        "logdelivery.elasticloadbalancing.amazonaws.com",
        f"arn:aws:elasticloadbalancing:us-west-2:{ACCOUNT}:loadbalancer/app/*",
        f"alb/AWSLogs/{ACCOUNT}/*",
        False,
    ),
    "cloudfront": (
        "delivery.logs.amazonaws.com",
        f"arn:aws:logs:*:{ACCOUNT}:delivery-source:*",
        f"cloudfront/AWSLogs/{ACCOUNT}/*",
        True,
    ),
    "cloudtrail": (
        "cloudtrail.amazonaws.com",
        f"arn:aws:cloudtrail:us-west-2:{ACCOUNT}:trail/*",
        f"cloudtrail/AWSLogs/{ACCOUNT}/*",
        True,
    ),
    "flow": ("delivery.logs.amazonaws.com", LOGS, f"AWSLogs/aws-account-id={ACCOUNT}/*", True),
    "nlb": ("delivery.logs.amazonaws.com", LOGS, f"nlb/AWSLogs/{ACCOUNT}/*", True),
    "s3": ("logging.s3.amazonaws.com", "arn:aws:s3:::plinth-test-*", "s3/*", False),
    "waf": ("delivery.logs.amazonaws.com", f"arn:aws:logs:*:{ACCOUNT}:*", f"AWSLogs/{ACCOUNT}/*", True),
}
"""By source: who comes, on behalf of what, where it writes, and whether it demands to own what it writes."""
OF_FIREWALLS = "arn:aws:s3:::aws-waf-logs-plinth-test-*"
"""On behalf of what S3 comes as well: a bucket whose name begins as AWS demands."""


def test_every_source_is_looked_at_here() -> None:
    assert EXPECTED.keys() == set(get_args(Source))


@pytest.mark.parametrize("source", EXPECTED)
def test_each_service_writes_to_its_own_folder_for_this_account_alone(source: Source) -> None:
    service, on_behalf_of, folder, owned = EXPECTED[source]
    write = deliveries(CTX, BUCKET, (source,))[0]
    assert write.principals == {"Service": (service,)}
    assert (write.statement.actions, write.statement.resources) == (("s3:PutObject",), (f"{BUCKET}/{folder}",))
    assert write.statement.conditions == {
        "ArnLike": {"aws:SourceArn": (on_behalf_of, OF_FIREWALLS) if source == "s3" else on_behalf_of},
        "StringEquals": {
            "aws:SourceAccount": ACCOUNT,
            **({"s3:x-amz-acl": "bucket-owner-full-control"} if owned else {}),
        },
    }


@pytest.mark.parametrize("source", EXPECTED)
def test_who_looks_first_whose_bucket_it_is_may(source: Source) -> None:
    service, on_behalf_of, _, owned = EXPECTED[source]
    looks = [(each.principals, each.statement) for each in deliveries(CTX, BUCKET, (source,))[1:]]
    assert bool(looks) is owned
    for principals, statement in looks:
        assert principals == {"Service": (service,)}
        assert (statement.actions, statement.resources) == (("s3:GetBucketAcl",), (BUCKET,))
        assert statement.conditions == {
            "ArnLike": {"aws:SourceArn": on_behalf_of},
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
        }


@pytest.mark.parametrize("source", EXPECTED)
def test_nobody_delivers_for_another_account_or_into_another_folder(source: Source) -> None:
    _, on_behalf_of, folder, _ = EXPECTED[source]
    statements = (deliveries(CTX, BUCKET, (source,))[0].statement,)
    said = {
        "aws:SourceArn": on_behalf_of.replace("*", "x"),
        "aws:SourceAccount": ACCOUNT,
        "s3:x-amz-acl": "bucket-owner-full-control",
    }
    arn = f"{BUCKET}/{folder.replace('*', 'a/b.gz')}"
    assert allows(statements, Request(action="s3:PutObject", arn=arn, context=said))
    assert not allows(statements, Request(action="s3:PutObject", arn=f"{BUCKET}/other/x", context=said))
    assert not allows(statements, Request(action="s3:GetObject", arn=arn, context=said))
    for key, value in (("aws:SourceAccount", "222222222222"), ("aws:SourceArn", "arn:aws:s3:::theirs")):
        assert not allows(statements, Request(action="s3:PutObject", arn=arn, context={**said, key: value}))


@pytest.mark.parametrize(("bucket", "admitted"), [("aws-waf-logs-plinth-test-waf-1", True), ("aws-waf-logs-theirs", False)])
def test_who_read_the_logs_of_firewalls_can_be_recorded(bucket: str, *, admitted: bool) -> None:
    statements = (deliveries(CTX, BUCKET, ("s3",))[0].statement,)
    said = {"aws:SourceArn": f"arn:aws:s3:::{bucket}", "aws:SourceAccount": ACCOUNT}
    assert allows(statements, Request(action="s3:PutObject", arn=f"{BUCKET}/s3/waf/x", context=said)) is admitted


def test_one_policy_can_say_all_of_it_and_no_two_statements_share_a_name() -> None:
    grants = deliveries(CTX, BUCKET, tuple(EXPECTED))
    names = [grant.statement.sid for grant in grants]
    assert len(names) == len(set(names)) == 12
    assert str(resource_policy(grants, limit=20_480))
