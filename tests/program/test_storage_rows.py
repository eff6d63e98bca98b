"""The rows of storage: what every bucket of every stack is, who may use it, and where its copies and its logs are."""

import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest

from components.storage.deliveries import Source
from plinth.engine.graph import Graph, Resource
from stack.config.document import read
from tests.harness import ROOT, STACKS, graphs, named, of_kind, stacks
from tests.program.switched import ONE_QUICKLY, planned
from tests.program.test_switches import hanging

EVERY_STACK = pytest.mark.parametrize("stack", STACKS)
LOADED = stacks()
PURPOSES = ("media-raw", "media-processed", "exports", "backups", "media", "static", "frontend", "uploads")
"""What there is a bucket for, beside logs."""
UNVERSIONED = {"dev": {"media", "static"}, "staging": set[str](), "prod": set[str]()}
COPIED = {"media": ["standby"], "static": ["standby"], "frontend": ["standby"], "backups": ["standby", "vault"]}
"""Where prod has copies."""
FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
BUCKETS = ("plinth:storage", "buckets")


def settings(graph: Graph, kind: str) -> dict[str, Resource]:
    """The resources of one kind of setting (`BucketPolicy`), by the name of their bucket."""
    token = f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}"
    return {resource.inputs["bucket"]: resource for resource in graph.of_type(token)}


def buckets(graph: Graph) -> list[str]:
    """The names of all buckets."""
    return [bucket.inputs["bucket"] for bucket in graph.of_type("aws:s3/bucket:Bucket")]


def called(stack: str, purpose: str) -> str:
    return f"plinth-{stack}-{purpose}-000000000000"


def lifecycle(graph: Graph, name: str) -> dict[str, Any]:
    return {rule["id"]: rule for rule in settings(graph, "BucketLifecycleConfiguration")[name].inputs["rules"]}


def classes(graph: Graph, name: str) -> list[str]:
    return [step["storageClass"] for step in lifecycle(graph, name).get("ageing", {}).get("transitions", ())]


def statements(graph: Graph, name: str) -> list[dict[str, Any]]:
    return json.loads(settings(graph, "BucketPolicy")[name].inputs["policy"])["Statement"]


# What there is


@EVERY_STACK
@pytest.mark.requirement("STO-01", part="the bucket; who hears of its objects is in test_cache_rows")
@pytest.mark.requirement("STO-02", part="the bucket")
@pytest.mark.requirement("STO-05")
@pytest.mark.requirement("STO-07", part="the bucket; who reads it comes with the CDN")
@pytest.mark.requirement("STO-08", part="the bucket; who reads it comes with the CDN")
@pytest.mark.requirement("STO-09", part="the bucket; who hears of its objects is in test_cache_rows")
def test_there_is_a_bucket_for_each_purpose_and_one_for_logs(stack: str) -> None:
    home = [name for name in buckets(graphs()[stack]) if "standby" not in name and "vault" not in name]
    firewalls = f"aws-waf-logs-plinth-{stack}-waf-000000000000"
    assert sorted(home) == sorted([*(called(stack, purpose) for purpose in (*PURPOSES, "logs")), firewalls])
    exported = graphs()[stack].outputs["buckets"]
    assert exported == {purpose: called(stack, purpose) for purpose in sorted(exported)}
    assert set(exported) == set(PURPOSES)


@EVERY_STACK
def test_no_two_buckets_have_one_name(stack: str) -> None:
    assert len(set(buckets(graphs()[stack]))) == len(buckets(graphs()[stack]))


@EVERY_STACK
@pytest.mark.requirement("STO-02")
def test_who_resizes_reads_what_came_in_and_writes_what_goes_out_and_nothing_wider(stack: str) -> None:
    graph = graphs()[stack]
    rights = json.loads(named(graph, "service-resize-identity-rights").inputs["policy"])["Statement"]
    objects = {
        (action, resource.removeprefix("arn:aws:s3:::"))
        for one in rights
        for action in one["Action"]
        for resource in one["Resource"]
        if action.startswith("s3:")
    }
    raw, processed, uploads = (f"{called(stack, each)}/*" for each in ("media-raw", "media-processed", "uploads"))
    read_ = {(action, of) for of in (raw, uploads) for action in ("s3:GetObject", "s3:GetObjectVersion")}
    assert objects == read_ | {("s3:PutObject", processed), ("s3:AbortMultipartUpload", processed)}


@EVERY_STACK
@pytest.mark.requirement("STO-03")
def test_exports_go_after_a_time(stack: str) -> None:
    assert lifecycle(graphs()[stack], called(stack, "exports"))["ageing"]["expiration"]["days"] > 0


@pytest.mark.requirement("STO-04")
def test_backups_are_archived_and_versioned_and_in_prod_locked() -> None:
    for stack in STACKS:
        graph, name = graphs()[stack], called(stack, "backups")
        assert "GLACIER" in classes(graph, name)
        assert settings(graph, "BucketVersioning")[name].inputs["versioningConfiguration"] == {"status": "Enabled"}
    locked = settings(graphs()["prod"], "BucketObjectLockConfiguration")
    assert set(locked) == {called("prod", purpose) for purpose in ("backups", "backups-standby", "backups-vault")}
    for lock in locked.values():
        assert lock.inputs["rule"]["defaultRetention"]["days"] >= 30
    assert not settings(graphs()["dev"], "BucketObjectLockConfiguration"), "a lock would keep dev from being destroyed"


# The logs of everything


@EVERY_STACK
@pytest.mark.requirement("STO-06")
def test_each_service_delivers_its_logs_to_its_own_folder_for_this_account_alone(stack: str) -> None:
    graph = graphs()[stack]
    found = {
        one["Sid"].removeprefix("Write").lower(): one
        for name in (called(stack, "logs"), f"aws-waf-logs-plinth-{stack}-waf-000000000000")
        for one in statements(graph, name)
        if one.get("Action") == ["s3:PutObject"]
    }
    assert found.keys() == set(get_args(Source))
    for source, one in found.items():
        (service,) = one["Principal"]["Service"]
        assert service.endswith(".amazonaws.com"), source
        assert one["Condition"]["StringEquals"]["aws:SourceAccount"] == "000000000000"
        assert "000000000000" in one["Condition"]["ArnLike"]["aws:SourceArn"] or source == "s3"
        (where,) = one["Resource"]
        assert where.endswith("/*")
        assert "000000000000" in where.partition("/")[2] or source == "s3"
    folders = [one["Resource"][0] for one in found.values()]
    assert len(set(folders)) == len(folders)


@EVERY_STACK
@pytest.mark.requirement("STO-06")
def test_every_bucket_but_the_one_of_records_itself_is_recorded_beside_it(stack: str) -> None:
    graph = graphs()[stack]
    recorded = settings(graph, "BucketLogging")
    places = {"logs", *(f"logs-{place}" for places in COPIED.values() for place in places if stack == "prod")}
    assert set(buckets(graph)) - set(recorded) == {called(stack, place) for place in places}
    for name, record in recorded.items():
        place = next((f"logs-{place}" for place in ("standby", "vault") if f"-{place}-" in name), "logs")
        assert record.inputs["targetBucket"] == called(stack, place)
        assert record.inputs["region"] == named(graph, f"{place}-all-bucket").inputs["region"]


# What every bucket is


@EVERY_STACK
@pytest.mark.requirement("STO-10")
def test_every_policy_refuses_what_is_not_encrypted_on_the_way_and_admits_nobody_in_general(stack: str) -> None:
    graph = graphs()[stack]
    assert sorted(settings(graph, "BucketPolicy")) == sorted(buckets(graph))
    for name in buckets(graph):
        denied = [one for one in statements(graph, name) if one["Effect"] == "Deny"]
        assert [(one["Action"], one["Condition"]) for one in denied] == [
            (["s3:*"], {"Bool": {"aws:SecureTransport": "false"}})
        ], name
        assert denied[0]["Resource"] == [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
        for one in statements(graph, name):
            if one["Effect"] == "Allow":
                assert one["Principal"] not in ("*", {"AWS": ["*"]})
                assert "aws:PrincipalArn" in one["Condition"].get("ArnEquals", {}) or "Service" in one["Principal"]


@EVERY_STACK
@pytest.mark.requirement("STO-10", part="per-consumer access")
def test_each_entry_of_an_access_list_that_names_a_bucket_stands_in_the_policy_of_that_bucket(stack: str) -> None:
    graph = graphs()[stack]
    asked = {
        (entry.to.removeprefix("bucket."), service)
        for service, wanted in LOADED[stack].config.services.items()
        for entry in wanted.access
        if entry.to.startswith("bucket.")
    }
    admitted = {
        (purpose, role.rpartition(f"plinth-{stack}-")[2].rpartition("-")[0])
        for purpose in PURPOSES
        for one in statements(graph, called(stack, purpose))
        if one["Effect"] == "Allow"
        for role in [one["Condition"]["ArnEquals"]["aws:PrincipalArn"]]
    }
    assert len(asked) >= 5
    assert admitted == asked


@EVERY_STACK
@pytest.mark.requirement("STO-11")
def test_every_bucket_ages(stack: str) -> None:
    graph = graphs()[stack]
    assert sorted(settings(graph, "BucketLifecycleConfiguration")) == sorted(buckets(graph))
    for name in buckets(graph):
        assert lifecycle(graph, name)["uploads"]["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}
    media = lifecycle(graph, called(stack, "media")).get("ageing", {})
    assert media.get("expiration") == ({"days": 90} if stack == "dev" else None)


@pytest.mark.requirement("STO-11")
def test_beyond_dev_what_came_in_gets_cheaper_after_30_days_and_again_after_90() -> None:
    for stack in ("staging", "prod"):
        ageing = lifecycle(graphs()[stack], called(stack, "media-raw"))["ageing"]
        assert [(step["storageClass"][:7], step["days"]) for step in ageing["transitions"]] == [("STANDAR", 30), ("GLACIER", 90)]


@EVERY_STACK
@pytest.mark.requirement("STO-12")
def test_versions_are_kept_everywhere_but_of_media_and_static_files_in_dev(stack: str) -> None:
    graph = graphs()[stack]
    versioned = settings(graph, "BucketVersioning")
    assert sorted(versioned) == sorted(buckets(graph))
    off = {name for name, one in versioned.items() if one.inputs["versioningConfiguration"] != {"status": "Enabled"}}
    assert off == {called(stack, purpose) for purpose in UNVERSIONED[stack]}


@EVERY_STACK
@pytest.mark.requirement("STO-13")
def test_everything_is_encrypted_with_a_key_of_the_stack_and_logs_with_the_one_they_can_be_delivered_to(stack: str) -> None:
    graph = graphs()[stack]
    encrypted = settings(graph, "BucketServerSideEncryptionConfiguration")
    assert sorted(encrypted) == sorted(buckets(graph))
    keys = {
        key.outputs["arn"]: key.inputs["region"]
        for token in ("aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey")
        for key in graph.of_type(token)
    }
    for name, one in encrypted.items():
        (rule,) = one.inputs["rules"]
        default = rule["applyServerSideEncryptionByDefault"]
        if "-logs-" in name:
            assert default == {"sseAlgorithm": "AES256"}, name
        else:
            assert default["sseAlgorithm"] == "aws:kms"
            assert keys[default["kmsMasterKeyId"]] == one.inputs["region"], "a key of its own region"


def sites(folder: Path, stack: str) -> Mapping[str, list[str]]:
    graph = planned(folder, stack, {("plinth:dns", "domain"): "example.org"})
    return {
        name: one.inputs["corsRules"][0]["allowedOrigins"] for name, one in settings(graph, "BucketCorsConfiguration").items()
    }


@ONE_QUICKLY
@pytest.mark.requirement("STO-05")
@pytest.mark.requirement("STO-14")
def test_browsers_come_from_anywhere_in_dev_and_beyond_it_from_the_stacks_own_sites(stack: str, tmp_path: Path) -> None:
    found = sites(tmp_path, stack)
    assert called(stack, "media") in found
    own = ["https://example.org", "https://www.example.org"]
    assert set(map(tuple, found.values())) == {("*",) if stack == "dev" else tuple(own)}


@EVERY_STACK
@pytest.mark.requirement("STO-15", part="every bucket; the account's own block comes with what an account has once")
def test_nothing_is_public(stack: str) -> None:
    graph = graphs()[stack]
    private, owned = settings(graph, "BucketPublicAccessBlock"), settings(graph, "BucketOwnershipControls")
    assert sorted(private) == sorted(owned) == sorted(buckets(graph))
    for block in private.values():
        assert [block.inputs[flag] for flag in FLAGS] == [True] * 4
    assert {one.inputs["rule"]["objectOwnership"] for one in owned.values()} == {"BucketOwnerEnforced"}


# Copies, tiers, archives


@pytest.mark.requirement("STO-16")
def test_prod_copies_what_it_cannot_lose_to_other_regions_and_nobody_else_copies_anything() -> None:
    for stack in ("dev", "staging"):
        assert not settings(graphs()[stack], "BucketReplicationConfig")
        assert not [name for name in buckets(graphs()[stack]) if "standby" in name or "vault" in name]
    graph = graphs()["prod"]
    replicated = settings(graph, "BucketReplicationConfig")
    assert set(replicated) == {called("prod", purpose) for purpose in COPIED}
    made = {f"arn:aws:s3:::{bucket.inputs['bucket']}": bucket for bucket in graph.of_type("aws:s3/bucket:Bucket")}
    versioned = settings(graph, "BucketVersioning")
    for purpose, places in COPIED.items():
        rules = replicated[called("prod", purpose)].inputs["rules"]
        assert [rule["id"] for rule in rules] == places
        for rule in rules:
            copy = made[rule["destination"]["bucket"]]
            assert copy.inputs["region"] == {"standby": "us-west-2", "vault": "eu-west-1"}[rule["id"]]
            assert versioned[copy.inputs["bucket"]].inputs["versioningConfiguration"] == {"status": "Enabled"}
            assert rule["deleteMarkerReplication"] == {"status": "Enabled"}
            assert rule["destination"]["encryptionConfiguration"]["replicaKmsKeyId"]


@EVERY_STACK
def test_every_copy_has_an_alarm_on_objects_that_did_not_get_there(stack: str) -> None:
    alarms = [one.inputs for one in of_kind(graphs()[stack], "MetricAlarm") if one.inputs["namespace"] == "AWS/S3"]
    copied = [(called("prod", purpose), place) for purpose, places in COPIED.items() for place in places]
    assert sorted((one["dimensions"]["SourceBucket"], one["dimensions"]["RuleId"]) for one in alarms) == sorted(
        copied if stack == "prod" else []
    )
    assert {(one["metricName"], one["comparisonOperator"], one["threshold"]) for one in alarms} <= {
        ("OperationsFailedReplication", "GreaterThanThreshold", 0)
    }


@pytest.mark.requirement("STO-17")
def test_what_is_read_less_and_less_tiers_and_in_prod_goes_to_the_archive() -> None:
    for stack in ("staging", "prod"):
        graph = graphs()[stack]
        for purpose in ("media", "uploads", "exports"):
            assert "INTELLIGENT_TIERING" in classes(graph, called(stack, purpose))
    tiers = settings(graphs()["prod"], "BucketIntelligentTieringConfiguration")
    assert {called("prod", purpose) for purpose in ("media", "uploads", "exports")} <= set(tiers)
    for one in tiers.values():
        assert [tier["accessTier"] for tier in one.inputs["tierings"]] == ["ARCHIVE_ACCESS"]


@pytest.mark.requirement("STO-20")
def test_logs_and_backups_are_archived_and_logs_of_prod_end_after_a_year() -> None:
    for stack in ("staging", "prod"):
        graph = graphs()[stack]
        for purpose in ("logs", "backups"):
            assert {"GLACIER", "DEEP_ARCHIVE"} & set(classes(graph, called(stack, purpose)))
    assert lifecycle(graphs()["prod"], called("prod", "logs"))["ageing"]["expiration"] == {"days": 365}


@EVERY_STACK
@pytest.mark.requirement("STO-20", part="then expire: no version outlives it")
def test_a_log_is_gone_a_day_after_its_time_with_every_version_of_it(stack: str) -> None:
    graph = graphs()[stack]
    of_logs = [bucket.inputs["bucket"] for bucket in graph.of_type("aws:s3/bucket:Bucket") if bucket.name.startswith("logs")]
    assert {called(stack, "logs"), f"aws-waf-logs-plinth-{stack}-waf-000000000000"} <= set(of_logs)
    for name in of_logs:
        rules = lifecycle(graph, name)
        expired = rules["ageing"]["expiration"]["days"]
        old = rules["old-versions"]["noncurrentVersionExpiration"]["noncurrentDays"]
        assert expired + old <= LOADED[stack].config.storage.logs.keep_days + 1, name


# Between the stacks, and each thing alone


@pytest.mark.requirement("DEL-13", part="invariants between the stacks")
def test_prod_keeps_and_copies_no_less_than_staging_nor_staging_than_dev() -> None:
    order = [LOADED[stack].config.storage for stack in ("dev", "staging", "prod")]
    for weaker, stronger in pairwise(order):
        assert stronger.logs.keep_days >= weaker.logs.keep_days
        assert stronger.buckets.keys() >= weaker.buckets.keys()
        for name, bucket in weaker.buckets.items():
            other = stronger.buckets[name]
            assert other.versioned >= bucket.versioned
            assert other.lock_days >= bucket.lock_days
            assert other.old_version_days >= bucket.old_version_days
            assert set(other.copies) >= set(bucket.copies)
            assert (other.expire_days or 10**6) >= (bucket.expire_days or 10**6)


@pytest.mark.parametrize("stack", ["dev", pytest.param("staging", marks=pytest.mark.slow)])
def test_buckets_of_a_stack_without_copies_can_be_copied_and_nothing_else_changes(stack: str, tmp_path: Path) -> None:
    value: Any = read(ROOT, stack, "plinth").at(BUCKETS)
    more: dict[str, Any] = {
        name: {**bucket, "copies": COPIED[name], "versioned": True} if name in COPIED else bucket
        for name, bucket in value.items()
    }
    keys = {"standby": ["storage", "backup"], "vault": ["backup"]}
    graph = planned(tmp_path, stack, {BUCKETS: more, ("plinth:keys", "copies"): keys})
    assert hanging(graph) == []
    assert graphs()[stack].resources.keys() <= graph.resources.keys()
    copied = {
        name: [rule["id"] for rule in one.inputs["rules"]] for name, one in settings(graph, "BucketReplicationConfig").items()
    }
    assert copied == {called(stack, purpose): places for purpose, places in COPIED.items()}
    regions = {bucket.inputs["bucket"]: bucket.inputs["region"] for bucket in graph.of_type("aws:s3/bucket:Bucket")}
    for purpose, places in COPIED.items():
        for place in places:
            assert regions[called(stack, f"{purpose}-{place}")] == {"standby": "us-west-2", "vault": "eu-west-1"}[place]
    added = {resource.name for urn, resource in graph.resources.items() if urn not in graphs()[stack].resources}
    encrypting, buckets = ("storage-encryption-", "backup-encryption-"), (f"bucket-{name}-" for name in COPIED)
    ours = ("logs-standby", "logs-vault", "alarms-buckets", *encrypting, *buckets)
    assert all(name.startswith(ours) for name in added)


def test_a_bucket_without_copies_has_nothing_in_another_region(tmp_path: Path) -> None:
    value: Any = read(ROOT, "prod", "plinth").at(BUCKETS)
    alone: dict[str, Any] = {name: {**bucket, "copies": []} for name, bucket in value.items()}
    graph = planned(tmp_path, "prod", {BUCKETS: alone})
    assert hanging(graph) == []
    gone = {resource.name for urn, resource in graphs()["prod"].resources.items() if urn not in graph.resources}
    assert graph.resources.keys() <= graphs()["prod"].resources.keys()
    starts = ("logs-standby", "logs-vault", "alarms-buckets", *(f"bucket-{purpose}-" for purpose in COPIED))
    assert all(name.startswith(starts) for name in gone)
    assert {
        resource.inputs.get("region") for resource in graph.resources.values() if resource.type.startswith("aws:s3/bucket")
    } == {"us-east-1"}
