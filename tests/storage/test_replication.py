"""The role that copies a bucket: it reads the one, writes the others, and uses the keys of each for these buckets alone."""

import json
from typing import Any

import pytest

from components.core.service_role import ServiceRole
from components.storage.replication import Copy, replicator
from plinth.engine.graph import Graph
from tests.harness import named, recorded

SOURCE = "arn:aws:s3:::plinth-test-media"
THERE = {
    "standby": ("arn:aws:s3:::plinth-test-media-standby", Copy(region="us-west-2", key_arn="arn:aws:kms:x")),
    "vault": ("arn:aws:s3:::plinth-test-media-vault", Copy(region="eu-west-1", key_arn="arn:aws:kms:y")),
}


def role(*, locked: bool = False) -> Graph:
    return recorded(lambda ctx: ServiceRole("copier", replicator(ctx, "media", SOURCE, THERE, locked=locked), ctx))


def statements(graph: Graph) -> dict[str, Any]:
    return {one["Sid"]: one for one in json.loads(named(graph, "copier-rights").inputs["policy"])["Statement"]}


def test_only_s3_takes_the_role_and_only_for_this_bucket() -> None:
    graph = role()
    (trust,) = json.loads(named(graph, "copier-role").inputs["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": ["s3.amazonaws.com"]}
    assert trust["Condition"]["ArnLike"] == {"aws:SourceArn": SOURCE}
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "111111111111"}
    assert named(graph, "copier-role").inputs["name"] == "plinth-test-media-replication"


@pytest.mark.requirement("STO-16", part="the copies, their rules and their role")
def test_it_reads_the_bucket_and_writes_its_copies_and_nothing_else() -> None:
    found = statements(role())
    assert found["Source"]["Resource"] == [SOURCE]
    assert found["Read"]["Resource"] == [f"{SOURCE}/*"]
    assert found["Write"]["Resource"] == [f"{arn}/*" for arn, _ in THERE.values()]
    assert found["Write"]["Action"] == ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"]
    assert found["Read"]["Action"] == [
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionForReplication",
        "s3:GetObjectVersionTagging",
    ]
    assert found.keys() == {"Source", "Read", "Write", "Decrypt", "Encrypt"}


def test_what_is_locked_is_copied_with_its_lock() -> None:
    assert set(statements(role(locked=True))["Read"]["Action"]) - set(statements(role())["Read"]["Action"]) == {
        "s3:GetObjectLegalHold",
        "s3:GetObjectRetention",
    }


@pytest.mark.requirement("STO-16", part="keys of both regions, for these buckets alone")
@pytest.mark.parametrize(
    ("sid", "action", "regions", "buckets"),
    [
        ("Decrypt", "kms:Decrypt", ["us-east-1"], [SOURCE]),
        ("Encrypt", "kms:Encrypt", ["us-west-2", "eu-west-1"], [arn for arn, _ in THERE.values()]),
    ],
)
def test_it_uses_the_keys_of_each_region_through_s3_and_for_these_buckets(
    sid: str, action: str, regions: list[str], buckets: list[str]
) -> None:
    use = statements(role())[sid]
    assert use["Action"] == [action]
    assert sorted(use["Resource"]) == sorted(f"arn:aws:kms:{region}:111111111111:key/*" for region in regions)
    through, about = use["Condition"]["StringEquals"], use["Condition"]["StringLike"]
    assert through.keys() | about.keys() == {"kms:ViaService", "kms:EncryptionContext:aws:s3:arn"}
    assert sorted(through["kms:ViaService"]) == sorted(f"s3.{region}.amazonaws.com" for region in regions)
    assert sorted(about["kms:EncryptionContext:aws:s3:arn"]) == sorted(t for arn in buckets for t in (arn, f"{arn}/*"))
