"""The row of files that services share: what the file system is, who mounts it, and through which door."""

import json
from pathlib import Path
from typing import Any

import pytest

from plinth.engine.graph import Graph
from stack.config.document import KeyPath, read
from tests.harness import ROOT, STACKS, graphs, named
from tests.program.switched import planned


@pytest.mark.requirement("STO-18")
def test_beyond_dev_services_share_an_encrypted_file_system_with_a_mount_target_in_each_zone_of_theirs() -> None:
    assert not graphs()["dev"].of_type("aws:efs/fileSystem:FileSystem")
    for stack in ("staging", "prod"):
        graph = graphs()[stack]
        (system,) = graph.of_type("aws:efs/fileSystem:FileSystem")
        assert system.inputs["encrypted"] is True
        assert system.inputs["kmsKeyId"] == named(graph, "storage-encryption-key").outputs["arn"]
        zones = {subnet.outputs["id"]: subnet.inputs["availabilityZone"] for subnet in graph.of_type("aws:ec2/subnet:Subnet")}
        mounts = graph.of_type("aws:efs/mountTarget:MountTarget")
        assert [zones[mount.inputs["subnetId"]] for mount in mounts] == graph.outputs["network"]["workloadZones"]
        assert {tuple(mount.inputs["securityGroups"]) for mount in mounts} == {(named(graph, "firewall-files").outputs["id"],)}
        (backup,) = graph.of_type("aws:efs/backupPolicy:BackupPolicy")
        assert backup.inputs["backupPolicy"] == {"status": "ENABLED"}
        assert graph.of_type("aws:efs/accessPoint:AccessPoint")


def sharing(folder: Path, **verbs: str) -> Graph:
    """Staging, where services on ECS name the files: how, by service."""
    changes: dict[KeyPath, Any] = {}
    for service, verb in verbs.items():
        path = ("plinth:services", service, "access")
        before: Any = read(ROOT, "staging", "plinth").at(path)
        changes[path] = [*before, {"to": "files.shared", "as": verb}]
    return planned(folder, "staging", changes)


def rights(graph: Graph, service: str) -> list[dict[str, Any]]:
    found = json.loads(named(graph, f"service-{service}-identity-rights").inputs["policy"])["Statement"]
    return [one for one in found if any(action.startswith("elasticfilesystem:") for action in one["Action"])]


@pytest.mark.requirement("STO-18", part="2049 from compute groups only")
def test_who_names_the_files_connects_to_them_and_may_enter_by_the_door_that_it_names_and_nobody_else(tmp_path: Path) -> None:
    graph = sharing(tmp_path, booking="write", graphql="read")
    files = named(graph, "firewall-files").outputs["id"]
    rules = graph.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    admitted = [rule.inputs for rule in rules if rule.inputs["securityGroupId"] == files]
    mine = {named(graph, f"firewall-service-{service}").outputs["id"] for service in ("booking", "graphql")}
    assert {(rule["referencedSecurityGroupId"], rule["fromPort"], rule["toPort"]) for rule in admitted} == {
        (group, 2049, 2049) for group in mine
    }
    system, door = named(graph, "files-files").outputs["arn"], named(graph, "files-point-shared").outputs["arn"]
    for service, sid, actions in (
        ("booking", "WriteFilesShared", ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]),
        ("graphql", "ReadFilesShared", ["elasticfilesystem:ClientMount"]),
    ):
        (own,) = rights(graph, service)
        assert (own["Sid"], own["Action"], own["Resource"]) == (sid, actions, [system])
        assert own["Condition"] == {"ArnEquals": {"elasticfilesystem:AccessPointArn": door}}
    refused = json.loads(named(graph, "files-policy").inputs["policy"])["Statement"]
    (others,) = [one["Condition"]["ArnNotEquals"] for one in refused if "ArnEquals" in one["Condition"]]
    called = [named(graph, f"service-{service}-identity-role").inputs["name"] for service in ("booking", "graphql")]
    assert others == {"aws:PrincipalArn": [f"arn:aws:iam::000000000000:role/{name}" for name in called]}


@pytest.mark.requirement("STO-18", part="containers mount it")
def test_who_names_the_files_has_them_mounted_and_is_told_where(tmp_path: Path) -> None:
    graph = sharing(tmp_path, booking="write", graphql="read")
    for service, read_only in (("booking", False), ("graphql", True)):
        task = named(graph, f"task-{service}-definition").inputs
        (volume,) = task["volumes"]
        assert volume["efsVolumeConfiguration"] == {
            "fileSystemId": named(graph, "files-files").outputs["id"],
            "transitEncryption": "ENABLED",
            "authorizationConfig": {"accessPointId": named(graph, "files-point-shared").outputs["id"], "iam": "ENABLED"},
        }
        (main,) = [one for one in json.loads(task["containerDefinitions"]) if one["name"] == service]
        assert main["mountPoints"] == [
            {"containerPath": "/mnt/files/shared", "readOnly": read_only, "sourceVolume": volume["name"]}
        ]
        assert {"name": "FILES_SHARED", "value": "/mnt/files/shared"} in main["environment"]
    others = [one for one in graph.of_type("aws:ecs/taskDefinition:TaskDefinition") if "volumes" in one.inputs]
    assert len(others) == 2


def test_whoever_reads_what_a_stack_exports_finds_the_files_and_their_doors() -> None:
    for stack in STACKS:
        graph = graphs()[stack]
        expected = (
            None
            if stack == "dev"
            else {
                "fileSystemId": named(graph, "files-files").outputs["id"],
                "accessPointIds": {"shared": named(graph, "files-point-shared").outputs["id"]},
            }
        )
        assert graph.outputs.get("files") == expected
