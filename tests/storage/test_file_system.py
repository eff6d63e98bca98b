"""A file system: encrypted, a mount target a zone, entered by its access points over TLS and by nothing else."""

import json
from dataclasses import replace
from typing import Any

import pytest

from components.storage.file_system import AccessPoint, FileSystem, FileSystemArgs
from plinth.engine.graph import Graph
from tests.harness import named, of_kind, recorded

KEY = "arn:aws:kms:us-east-1:111111111111:key/storage"
ROLE = "arn:aws:iam::111111111111:role/plinth-test-booking-task"
POINTS = {"shared": AccessPoint(path="/shared", uid=1000, gid=1000), "media": AccessPoint(path="/media/in", uid=1001, gid=1000)}


def args(**changed: Any) -> FileSystemArgs:
    given: dict[str, Any] = {
        "subnet_ids": {"us-east-1a": "subnet-a", "us-east-1b": "subnet-b"},
        "group_id": "sg-files",
        "key_arn": KEY,
        "throughput": "elastic",
        "cold_days": 30,
        "backup": True,
        "access_points": POINTS,
    }
    return FileSystemArgs(**given | changed)


def files(*, retain: bool = False, **changed: Any) -> Graph:
    return recorded(lambda ctx: FileSystem("files", args(**changed), ctx), retain=retain)


@pytest.mark.requirement("STO-18", part="encrypted")
def test_it_is_encrypted_with_a_key_of_the_stack_and_gets_cheaper_unread() -> None:
    system = named(files(), "files-files")
    assert (system.inputs["encrypted"], system.inputs["kmsKeyId"]) == (True, KEY)
    assert (system.inputs["throughputMode"], system.inputs["performanceMode"]) == ("elastic", "generalPurpose")
    assert system.inputs["lifecyclePolicies"] == [
        {"transitionToIa": "AFTER_30_DAYS"},
        {"transitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
    ]
    soon = named(files(cold_days=1), "files-files").inputs["lifecyclePolicies"]
    assert soon[0] == {"transitionToIa": "AFTER_1_DAY"}


@pytest.mark.requirement("STO-18", part="a mount target a zone")
def test_there_is_a_mount_target_in_each_zone_once_the_policy_is_there() -> None:
    graph = files()
    mounts = {mount.name: mount.inputs for mount in of_kind(graph, "MountTarget")}
    assert {name: mount["subnetId"] for name, mount in mounts.items()} == {
        "files-mount-a": "subnet-a",
        "files-mount-b": "subnet-b",
    }
    assert all(mount["securityGroups"] == ["sg-files"] for mount in mounts.values())
    for mount in of_kind(graph, "MountTarget"):
        assert named(graph, "files-policy").urn in mount.dependencies


@pytest.mark.requirement("STO-18", part="access points")
def test_whoever_enters_sees_one_folder_and_is_one_user() -> None:
    point = named(files(), "files-point-media").inputs
    assert point["posixUser"] == {"uid": 1001, "gid": 1000}
    assert point["rootDirectory"] == {
        "path": "/media/in",
        "creationInfo": {"ownerUid": 1001, "ownerGid": 1000, "permissions": "0750"},
    }


def test_nobody_enters_in_plain_or_past_the_access_points_or_from_outside() -> None:
    statements = json.loads(named(files(), "files-policy").inputs["policy"])["Statement"]
    assert {(one["Effect"], one["Principal"]) for one in statements} == {("Deny", "*")}
    assert all("elasticfilesystem:ClientMount" in one["Action"] for one in statements)
    conditions = [one["Condition"] for one in statements]
    for wanted in (
        {"Bool": {"aws:SecureTransport": "false"}},
        {"Null": {"elasticfilesystem:AccessPointArn": "true"}},
        {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "false"}},
    ):
        assert wanted in conditions


@pytest.mark.requirement("STO-18", part="access points are doors")
def test_nobody_enters_by_an_access_point_of_others_or_by_one_that_is_not_for_them() -> None:
    points = {**POINTS, "shared": replace(POINTS["shared"], opened_by=(ROLE,))}
    graph = files(access_points=points)
    statements = json.loads(named(graph, "files-policy").inputs["policy"])["Statement"]
    arns = {key: named(graph, f"files-point-{key}").outputs["arn"] for key in points}
    by = "elasticfilesystem:AccessPointArn"
    conditions = [one["Condition"] for one in statements if one["Effect"] == "Deny" and one["Principal"] == "*"]
    assert {"ArnNotEquals": {by: sorted(arns.values())}} in conditions
    about_doors = [one for one in conditions if "ArnEquals" in one]
    assert about_doors == [{"ArnEquals": {by: arns["shared"]}, "ArnNotEquals": {"aws:PrincipalArn": [ROLE]}}]


def test_what_it_is_called_is_known_once_it_can_be_mounted() -> None:
    graph = files()
    outputs = graph.of_type(FileSystem.TYPE)[0].outputs
    assert outputs["file_system_id"] == named(graph, "files-files").outputs["id"]
    assert outputs["access_point_ids"] == {key: named(graph, f"files-point-{key}").outputs["id"] for key in POINTS}


@pytest.mark.requirement("STO-18", part="backup policy")
@pytest.mark.parametrize(("backup", "status"), [(True, "ENABLED"), (False, "DISABLED")])
def test_it_is_backed_up_or_not(status: str, *, backup: bool) -> None:
    assert named(files(backup=backup), "files-backup").inputs["backupPolicy"] == {"status": status}


@pytest.mark.parametrize("retain", [True, False])
def test_files_are_kept_where_the_stack_retains_its_data(*, retain: bool) -> None:
    graph = files(retain=retain)
    assert named(graph, "files-files").options.retain_on_delete is retain
    for guard in ("files-policy", "files-backup"):
        options = named(graph, guard).options
        assert (options.protect, options.retain_on_delete) == (False, retain), guard
    assert named(graph, "files-mount-a").options.retain_on_delete is False


def test_a_file_system_at_its_limit_is_watched() -> None:
    found: list[FileSystem] = []
    recorded(lambda ctx: found.append(FileSystem("files", args(), ctx)))
    (signal,) = found[0].signals
    assert (signal.namespace, signal.metric, signal.threshold) == ("AWS/EFS", "PercentIOLimit", 95)
    assert signal.dimensions.keys() == {"FileSystemId"}


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"subnet_ids": {}}, "subnet_ids: none; at least one"),
        ({"cold_days": 2}, "cold_days: 2 is not possible; one of 1, 7, 14, 30, 60, 90, 180, 270, 365"),
        ({"access_points": {}}, "access_points: none; at least one, since nobody gets in without"),
        (
            {"access_points": {"root": AccessPoint(path="/", uid=1000, gid=1000)}},
            "access_points.root: / is no folder; one to four steps such as /shared",
        ),
        (
            {"access_points": {"root": AccessPoint(path="/x", uid=0, gid=0)}},
            "access_points.root: user 0 of group 0; neither is root, which is 0",
        ),
    ],
)
def test_what_makes_no_file_system_is_refused(changed: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=r"FileSystemArgs: ") as refused:
        args(**changed)
    assert problem in str(refused.value)
