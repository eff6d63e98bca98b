"""A bucket: closed, encrypted and ageing whatever it is for; with a lock, events, pages and copies where they are asked for."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from components.core.documents import Grant
from components.core.offers import Statement
from components.storage.bucket import Bucket, BucketArgs
from components.storage.lifecycle import ArchiveTier, Lifecycle, Transition
from components.storage.names import bucket_arn, bucket_name
from components.storage.replication import Copy
from plinth.engine.graph import Graph
from tests.harness import named, of_kind, recorded
from tests.plinth.changes_graphs import compared, kinds

KEY = "arn:aws:kms:us-east-1:111111111111:key/home"
NAME = "plinth-test-media-111111111111"
ALWAYS = ("bucket", "encryption", "lifecycle", "ownership", "policy", "private", "versioning")
"""What every bucket has."""
ASKED: Mapping[str, Mapping[str, Any]] = {
    "records": {"logs_bucket": "logs"},
    "cors": {"cors_origins": ("https://example.org",)},
    "lock": {"lock_days": 35},
    "events": {"events_to": "arn:aws:sqs:us-east-1:111111111111:images"},
    "tiering": {
        "lifecycle": Lifecycle(
            expire_days=0,
            old_version_days=0,
            transitions=(Transition(to="INTELLIGENT_TIERING", after_days=0),),
            archive_tiers=(ArchiveTier(to="ARCHIVE_ACCESS", after_days=180),),
        )
    },
}
"""What a bucket has where it is asked for, by the role of the one resource that it adds."""
COPIES = {
    "standby": Copy(region="us-west-2", key_arn="arn:aws:kms:us-west-2:111111111111:key/standby", logs_bucket="logs-standby"),
    "vault": Copy(region="eu-west-1", key_arn="arn:aws:kms:eu-west-1:111111111111:key/vault"),
}


def args(**changed: Any) -> BucketArgs:
    given: dict[str, Any] = {
        "purpose": "media",
        "versioned": True,
        "lifecycle": Lifecycle(expire_days=0, old_version_days=0),
        "key_arn": KEY,
    }
    return BucketArgs(**given | changed)


def made(*, retain: bool = False, **changed: Any) -> Graph:
    return recorded(lambda ctx: Bucket("media", args(**changed), ctx), retain=retain)


def roles(graph: Graph) -> list[str]:
    """What the bucket consists of, by the last part of each name."""
    return sorted(resource.name.removeprefix("media-") for resource in graph.resources.values() if resource.custom)[1:]


def test_every_bucket_has_each_of_its_settings_and_nothing_that_was_not_asked_for() -> None:
    assert sorted(roles(made())) == sorted(ALWAYS)


@pytest.mark.parametrize("role", ASKED)
def test_each_thing_asked_for_adds_one_resource(role: str) -> None:
    graph = made(**ASKED[role])
    assert sorted(roles(graph)) == sorted((*ALWAYS, role))
    assert named(graph, f"media-{role}").inputs["bucket"] == NAME


def test_it_is_called_after_project_stack_purpose_and_account() -> None:
    graph = made()
    bucket = named(graph, "media-bucket")
    assert (bucket.inputs["bucket"], bucket.inputs["region"]) == (NAME, "us-east-1")
    assert graph.of_type(Bucket.TYPE)[0].outputs == {"bucket_name": NAME, "ready_name": NAME}


def test_a_name_that_is_too_long_is_cut_to_what_s3_takes_and_its_prefix_stays() -> None:
    found: list[str] = []
    recorded(lambda ctx: found.append(bucket_name(ctx, "a" * 60, "standby", "aws-waf-logs-")))
    assert len(found[0]) <= 63
    assert found[0].startswith("aws-waf-logs-plinth-test-aaa")


@pytest.mark.requirement("STO-15")
def test_nobody_gets_in_but_by_policy() -> None:
    graph = made()
    flags = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert [named(graph, "media-private").inputs[flag] for flag in flags] == [True] * 4
    assert named(graph, "media-ownership").inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    assert named(graph, "media-private").urn in named(graph, "media-policy").dependencies, "S3 refuses to change both at once"


@pytest.mark.requirement("STO-10")
def test_its_policy_refuses_what_is_not_encrypted_on_the_way_and_lets_in_whom_it_names() -> None:
    reader = Statement(sid="Read", actions=("s3:GetObject",), resources=(f"arn:aws:s3:::{NAME}/*",))
    role = "arn:aws:iam::111111111111:role/reader"
    grant = Grant(principals={"AWS": (role,)}, statement=reader)
    statements = json.loads(named(made(grants=(grant,)), "media-policy").inputs["policy"])["Statement"]
    (denied,) = [one for one in statements if one["Effect"] == "Deny"]
    assert denied["Principal"] == "*"
    assert denied["Action"] == ["s3:*"]
    assert denied["Resource"] == [f"arn:aws:s3:::{NAME}", f"arn:aws:s3:::{NAME}/*"]
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    (allowed,) = [one for one in statements if one["Effect"] == "Allow"]
    assert (allowed["Sid"], allowed["Action"], allowed["Principal"]) == ("Read", ["s3:GetObject"], {"AWS": [role]})


@pytest.mark.requirement("STO-13")
@pytest.mark.parametrize(
    ("key", "algorithm", "bucket_key"), [(KEY, "aws:kms", True), (None, "AES256", False)], ids=["own key", "key of S3"]
)
def test_it_is_encrypted_with_the_key_that_it_is_given_or_with_one_of_s3(
    key: str | None, algorithm: str, *, bucket_key: bool
) -> None:
    (rule,) = named(made(key_arn=key), "media-encryption").inputs["rules"]
    default = rule["applyServerSideEncryptionByDefault"]
    assert (default["sseAlgorithm"], default.get("kmsMasterKeyId"), rule["bucketKeyEnabled"]) == (algorithm, key, bucket_key)


@pytest.mark.requirement("STO-12")
@pytest.mark.parametrize(("versioned", "status"), [(True, "Enabled"), (False, "Suspended")])
def test_versions_are_kept_or_not(status: str, *, versioned: bool) -> None:
    assert named(made(versioned=versioned), "media-versioning").inputs["versioningConfiguration"] == {"status": status}


def rules(graph: Graph) -> dict[str, Any]:
    return {rule["id"]: rule for rule in named(graph, "media-lifecycle").inputs["rules"]}


@pytest.mark.requirement("STO-11")
def test_what_was_never_finished_goes_after_a_week_whatever_else_is_said() -> None:
    graph = made()
    assert rules(graph).keys() == {"uploads"}
    assert rules(graph)["uploads"]["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}
    assert named(graph, "media-versioning").urn in named(graph, "media-lifecycle").dependencies


@pytest.mark.requirement("STO-11")
def test_objects_and_old_versions_age_as_the_lifecycle_says() -> None:
    steps = (Transition(to="STANDARD_IA", after_days=30), Transition(to="GLACIER", after_days=90))
    found = rules(made(lifecycle=Lifecycle(expire_days=365, old_version_days=60, transitions=steps)))
    assert found["ageing"]["transitions"] == [
        {"storageClass": "STANDARD_IA", "days": 30},
        {"storageClass": "GLACIER", "days": 90},
    ]
    assert found["ageing"]["expiration"] == {"days": 365}
    assert found["old-versions"]["noncurrentVersionExpiration"] == {"noncurrentDays": 60}
    assert "expiration" not in found["old-versions"]
    assert {rule["status"] for rule in found.values()} == {"Enabled"}


def test_a_marker_of_what_was_deleted_goes_once_nothing_is_behind_it() -> None:
    found = rules(made(lifecycle=Lifecycle(expire_days=0, old_version_days=60)))
    assert found["old-versions"]["expiration"] == {"expiredObjectDeleteMarker": True}
    assert "ageing" not in found


@pytest.mark.requirement("STO-17")
def test_what_nobody_reads_is_archived_where_it_tiers() -> None:
    tiering = named(made(**ASKED["tiering"]), "media-tiering").inputs
    assert (tiering["status"], tiering["tierings"]) == ("Enabled", [{"accessTier": "ARCHIVE_ACCESS", "days": 180}])


def test_who_read_what_is_recorded_in_a_folder_of_its_own() -> None:
    records = named(made(logs_bucket="logs"), "media-records").inputs
    assert (records["targetBucket"], records["targetPrefix"]) == ("logs", "s3/media/")


@pytest.mark.requirement("STO-14")
def test_pages_of_the_named_sites_may_read_and_write() -> None:
    (rule,) = named(made(**ASKED["cors"]), "media-cors").inputs["corsRules"]
    assert rule["allowedOrigins"] == ["https://example.org"]
    assert rule["allowedMethods"] == ["GET", "HEAD", "POST", "PUT"]


@pytest.mark.requirement("STO-09", part="a bucket tells a queue of each new object")
def test_a_queue_hears_of_each_new_object() -> None:
    (queue,) = named(made(**ASKED["events"]), "media-events").inputs["queues"]
    assert queue == {"id": "created", "queueArn": ASKED["events"]["events_to"], "events": ["s3:ObjectCreated:*"]}


@pytest.mark.requirement("STO-04", part="the lock")
def test_a_lock_is_a_setting_of_its_own_and_nobody_deletes_before_its_time() -> None:
    graph = made(lock_days=35)
    assert named(graph, "media-lock").inputs["rule"] == {"defaultRetention": {"mode": "GOVERNANCE", "days": 35}}
    assert named(graph, "media-versioning").urn in named(graph, "media-lock").dependencies
    for bucket in (named(graph, "media-bucket"), named(made(), "media-bucket")):
        assert "objectLockEnabled" not in bucket.inputs
        assert bucket.options.ignore_changes == ("objectLockEnabled",), "what the lock turns on is no change of the bucket"


@pytest.mark.requirement("STO-04", part="a lock changes in place")
@pytest.mark.parametrize(("before", "after", "kind"), [(0, 35, "create"), (35, 0, "delete"), (35, 70, "update")])
@pytest.mark.parametrize("retain", [True, False])
def test_a_lock_comes_changes_and_goes_without_the_bucket_being_replaced(
    before: int, after: int, kind: str, *, retain: bool
) -> None:
    found = compared(made(lock_days=before, retain=retain), made(lock_days=after, retain=retain))
    assert kinds(found) == {"media-lock": kind}


@pytest.mark.requirement("STO-04", part="a lock changes in place")
def test_a_bucket_that_was_made_with_a_lock_of_its_own_stays_the_same_one() -> None:
    graph = made(lock_days=35)
    bucket = named(graph, "media-bucket")
    born = replace(
        bucket, inputs={**bucket.inputs, "objectLockEnabled": True}, options=replace(bucket.options, ignore_changes=())
    )
    earlier = replace(graph, resources={**graph.resources, bucket.urn: born})
    assert kinds(compared(earlier, graph)) == {}


def test_copies_are_locked_before_what_they_are_of() -> None:
    graph = made(copies=COPIES, lock_days=35)
    before = {graph.resources[urn].name for urn in named(graph, "media-lock").dependencies}
    assert {"media-standby-lock", "media-vault-lock"} <= before
    assert named(graph, "media-lock").urn in named(graph, "media-replication").dependencies


@pytest.mark.parametrize("retain", [True, False])
def test_it_is_emptied_as_it_goes_unless_the_stack_retains_its_data(*, retain: bool) -> None:
    bucket = named(made(retain=retain), "media-bucket")
    assert bucket.inputs["forceDestroy"] is not retain
    assert (bucket.options.protect, bucket.options.retain_on_delete) == (retain, retain)


@pytest.mark.parametrize("retain", [True, False])
def test_a_bucket_that_is_retained_keeps_whatever_protects_it_and_nothing_that_a_switch_turns(*, retain: bool) -> None:
    asked: dict[str, Any] = {key: value for role in ASKED for key, value in ASKED[role].items()}
    graph = made(retain=retain, copies=COPIES, **asked)
    guards = ("encryption", "lifecycle", "lock", "ownership", "policy", "private", "versioning")
    kept = {resource.name for resource in graph.resources.values() if resource.options.retain_on_delete}
    buckets = ("media", "media-standby", "media-vault")
    assert kept == ({f"{bucket}-{role}" for bucket in buckets for role in ("bucket", *guards)} if retain else set())
    assert {resource.name for resource in graph.resources.values() if resource.options.protect} == (
        {f"{bucket}-bucket" for bucket in buckets} if retain else set()
    )


# Copies in other regions


@pytest.mark.requirement("STO-16", part="the copies, their rules and their role")
def test_each_copy_is_a_bucket_of_the_same_make_in_its_region_under_the_key_of_that_region() -> None:
    graph = made(copies=COPIES, lock_days=35, cors_origins=("https://example.org",))
    for place, copy in COPIES.items():
        own = [r for r in graph.resources.values() if r.custom and r.name.startswith(f"media-{place}-")]
        recorded_too = ("records",) if copy.logs_bucket else ()
        assert {r.name.removeprefix(f"media-{place}-") for r in own} == {*ALWAYS, "lock", *recorded_too}
        assert {r.inputs["region"] for r in own} == {copy.region}
        assert named(graph, f"media-{place}-bucket").inputs["bucket"] == f"plinth-test-media-{place}-111111111111"
        (rule,) = named(graph, f"media-{place}-encryption").inputs["rules"]
        assert rule["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == copy.key_arn
        assert named(graph, f"media-{place}-versioning").inputs["versioningConfiguration"] == {"status": "Enabled"}


@pytest.mark.requirement("STO-16", part="the copies, their rules and their role")
def test_everything_is_copied_with_what_was_deleted_and_a_measure_of_how_far_behind_it_is() -> None:
    graph = made(copies=COPIES)
    replication = named(graph, "media-replication")
    assert replication.inputs["role"] == named(graph, "media-replicator-role").outputs["arn"]
    for number, (rule, (place, copy)) in enumerate(zip(replication.inputs["rules"], COPIES.items(), strict=True), start=1):
        assert (rule["id"], rule["priority"], rule["status"], rule["filter"]) == (place, number, "Enabled", {"prefix": ""})
        assert rule["deleteMarkerReplication"] == {"status": "Enabled"}
        assert rule["sourceSelectionCriteria"] == {"sseKmsEncryptedObjects": {"status": "Enabled"}}
        assert rule["destination"] == {
            "bucket": f"arn:aws:s3:::plinth-test-media-{place}-111111111111",
            "encryptionConfiguration": {"replicaKmsKeyId": copy.key_arn},
            "metrics": {"status": "Enabled"},
        }
    before = {"media-versioning", "media-replicator-rights", "media-standby-versioning", "media-vault-versioning"}
    assert before <= {graph.resources[urn].name for urn in replication.dependencies}


def test_without_copies_there_is_nobody_to_make_them() -> None:
    assert not of_kind(made(), "Role") + of_kind(made(), "BucketReplicationConfig")


def test_a_missing_object_in_a_copy_is_watched() -> None:
    found: list[Bucket] = []
    recorded(lambda ctx: found.append(Bucket("media", args(copies=COPIES), ctx)))
    assert [signal.key for signal in found[0].signals] == ["media-not-copied-standby", "media-not-copied-vault"]
    signal = found[0].signals[0]
    assert (signal.namespace, signal.metric, signal.threshold) == ("AWS/S3", "OperationsFailedReplication", 0)
    assert {key: signal.dimensions[key] for key in ("DestinationBucket", "RuleId")} == {
        "DestinationBucket": "plinth-test-media-standby-111111111111",
        "RuleId": "standby",
    }


def test_its_arn_is_known_before_it_exists() -> None:
    found: list[str] = []
    recorded(lambda ctx: found.append(bucket_arn(ctx, "media")))
    assert found == [f"arn:aws:s3:::{NAME}"]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"purpose": "Media"}, "purpose: 'Media'"),
        ({"lock_days": -1}, "lock_days: -1 is no time; 0 for no lock, or a number of days"),
        ({"lock_days": 1, "versioned": False}, "lock_days: a bucket without versions has none; versioned"),
        ({"copies": COPIES, "versioned": False}, "copies: a bucket without versions has none; versioned"),
        ({"copies": COPIES, "key_arn": None}, "copies: S3's own key cannot be named in another region; a key_arn"),
        (
            {"lifecycle": Lifecycle(expire_days=-1, old_version_days=0)},
            "lifecycle.expire_days: -1 days are no time; 0 for never, or a number of days",
        ),
    ],
)
def test_what_makes_no_bucket_is_refused(changed: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=r"BucketArgs: ") as refused:
        args(**changed)
    assert problem in str(refused.value)
