"""The row of files that services share: what the file system is, who mounts it, and through which door."""

import json
from pathlib import Path
from typing import Any

import pytest

from stack.config.document import read
from tests.harness import ROOT, graphs, named
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


@pytest.mark.requirement("STO-18", part="2049 from compute groups only")
def test_who_names_the_files_may_mount_them_and_connect_to_them_and_nobody_else(tmp_path: Path) -> None:
    path = ("plinth:services", "websocket", "access")
    before: Any = read(ROOT, "staging", "plinth").at(path)
    graph = planned(tmp_path, "staging", {path: [*before, {"to": "files.shared", "as": "write"}]})
    files = named(graph, "firewall-files").outputs["id"]
    rules = graph.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    admitted = [rule.inputs for rule in rules if rule.inputs["securityGroupId"] == files]
    mine = named(graph, "firewall-service-websocket").outputs["id"]
    assert [(rule["referencedSecurityGroupId"], rule["fromPort"], rule["toPort"]) for rule in admitted] == [(mine, 2049, 2049)]
    rights = json.loads(named(graph, "service-websocket-identity-rights").inputs["policy"])["Statement"]
    (own,) = [one for one in rights if one.get("Sid") == "WriteFilesShared"]
    assert own["Action"] == ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    assert own["Condition"] == {"StringEquals": {"aws:ResourceTag/environment": "staging", "aws:ResourceTag/project": "plinth"}}
