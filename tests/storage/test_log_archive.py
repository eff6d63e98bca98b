"""The archive of logs: buckets that services of AWS can deliver to, and that nobody reads unseen."""

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from components.storage.lifecycle import Lifecycle, Transition
from components.storage.log_archive import LogArchive, LogArchiveArgs
from plinth.engine.graph import Graph
from tests.harness import named, of_kind, recorded

LIFECYCLE = Lifecycle(expire_days=365, old_version_days=1, transitions=(Transition(to="GLACIER", after_days=90),))


def archive(**changed: Any) -> Graph:
    given: dict[str, Any] = {"lifecycle": LIFECYCLE}
    return recorded(lambda ctx: LogArchive("logs", LogArchiveArgs(**given | changed), ctx))


def writers(graph: Graph, bucket: str) -> set[str]:
    statements = json.loads(named(graph, f"{bucket}-policy").inputs["policy"])["Statement"]
    return {one["Sid"] for one in statements if one.get("Action") == ["s3:PutObject"]}


@pytest.mark.requirement("STO-06", part="each service that delivers has a statement of its own")
def test_one_bucket_admits_every_service_that_delivers_and_web_firewalls_have_their_own() -> None:
    graph = archive(waf=True)
    services = ("Alb", "Cloudfront", "Cloudtrail", "Flow", "Nlb", "S3")
    assert writers(graph, "logs-all") == {f"Write{service}" for service in services}
    assert writers(graph, "logs-waf") == {"WriteWaf"}
    assert named(graph, "logs-waf-bucket").inputs["bucket"] == "aws-waf-logs-plinth-test-waf-111111111111"
    assert named(graph, "logs-all-bucket").inputs["bucket"] == "plinth-test-logs-111111111111"


@pytest.mark.requirement("STO-06", part="its encryption is one that every service can deliver to")
@pytest.mark.parametrize("bucket", ["logs-all", "logs-waf"])
def test_they_are_encrypted_with_the_one_key_that_load_balancers_deliver_to(bucket: str) -> None:
    (rule,) = named(archive(waf=True), f"{bucket}-encryption").inputs["rules"]
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}


@pytest.mark.requirement("STO-06", part="who reads the logs of firewalls is recorded beside them")
def test_who_reads_the_logs_of_firewalls_is_recorded_and_no_bucket_records_itself() -> None:
    graph = archive(waf=True)
    (records,) = of_kind(graph, "BucketLogging")
    assert records.inputs["bucket"] == named(graph, "logs-waf-bucket").inputs["bucket"]
    assert records.inputs["targetBucket"] == named(graph, "logs-all-bucket").inputs["bucket"]
    statements = json.loads(named(graph, "logs-all-policy").inputs["policy"])["Statement"]
    (write,) = [one for one in statements if one.get("Sid") == "WriteS3"]
    assert write["Resource"] == [f"arn:aws:s3:::{records.inputs['targetBucket']}/s3/*"]
    assert records.inputs["targetPrefix"] == "s3/waf/"
    admitted = write["Condition"]["ArnLike"]["aws:SourceArn"]
    assert any(fnmatchcase(f"arn:aws:s3:::{records.inputs['bucket']}", pattern) for pattern in admitted)


def test_logs_age() -> None:
    graph = archive(waf=True)
    for bucket in ("logs-all", "logs-waf"):
        ageing = next(rule for rule in named(graph, f"{bucket}-lifecycle").inputs["rules"] if rule["id"] == "ageing")
        assert ageing["expiration"] == {"days": 365}
        assert [step["storageClass"] for step in ageing["transitions"]] == ["GLACIER"]


def test_the_archive_of_another_region_is_told_apart_by_its_place() -> None:
    graph = archive(place="standby")
    assert [bucket.inputs["bucket"] for bucket in graph.of_type("aws:s3/bucket:Bucket")] == [
        "plinth-test-logs-standby-111111111111"
    ]
    policy = named(graph, "logs-all-policy").inputs["policy"]
    assert "plinth-test-logs-standby-111111111111/alb/" in policy


def test_who_delivers_waits_for_the_policy() -> None:
    graph = archive()
    assert graph.of_type(LogArchive.TYPE)[0].outputs == {"bucket_name": named(graph, "logs-all-policy").outputs["bucket"]}


def test_logs_that_could_not_age_are_refused() -> None:
    with pytest.raises(ValueError, match=r"LogArchiveArgs: lifecycle.expire_days: -1 days are no time"):
        archive(lifecycle=Lifecycle(expire_days=-1, old_version_days=0))
