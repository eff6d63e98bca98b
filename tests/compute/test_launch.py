"""What a machine is made of."""

import base64
from typing import Any

import pytest
from pulumi import Output

from components.compute.launch import LaunchArgs
from components.compute.user_data import user_data
from plinth.engine.graph import Resource
from tests.compute.machines import ARNS, IMAGE, TAGS, built, launch, start
from tests.harness import named


def template(**changed: Any) -> Resource:
    return named(built(launch=launch(**changed)), "fleet-websocket-template")


@pytest.mark.requirement("CMP-04", part="one template")
def test_a_template_names_its_image_by_a_parameter_and_looks_nothing_up() -> None:
    inputs = template().inputs
    assert inputs["imageId"] == "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    assert inputs["updateDefaultVersion"] is True
    assert inputs["instanceType"] == "t3.small"
    assert "name" not in inputs


def test_metadata_is_told_to_tokens_alone_as_far_as_the_container() -> None:
    assert template().inputs["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 2,
        "instanceMetadataTags": "disabled",
    }


def test_the_root_volume_is_encrypted_with_a_key_of_ours() -> None:
    (device,) = template(disk_gb=30).inputs["blockDeviceMappings"]
    assert device["deviceName"] == "/dev/xvda"
    assert device["ebs"] == {
        "volumeType": "gp3",
        "volumeSize": 30,
        "encrypted": "true",
        "kmsKeyId": "arn:aws:kms:us-east-1:111111111111:key/1",
        "deleteOnTermination": "true",
    }


def test_a_machine_wears_its_group_and_has_no_public_address() -> None:
    inputs = template().inputs
    (interface,) = inputs["networkInterfaces"]
    assert (interface["securityGroups"], interface["associatePublicIpAddress"]) == (["sg-1"], "false")
    assert "vpcSecurityGroupIds" not in inputs
    assert inputs["iamInstanceProfile"] == {"arn": "arn:aws:iam::111111111111:instance-profile/plinth-test-websocket-instance"}


@pytest.mark.parametrize("detailed", [True, False])
def test_metrics_by_the_minute_are_a_choice(detailed: bool) -> None:
    assert template(detailed_monitoring=detailed).inputs["monitoring"] == {"enabled": detailed}


@pytest.mark.requirement("BST-07", part="machines, their volumes and interfaces, where AWS drops the provider's defaults")
def test_what_is_launched_carries_every_required_tag_and_its_patch_group() -> None:
    specifications = {one["resourceType"]: one["tags"] for one in template().inputs["tagSpecifications"]}
    assert specifications.keys() == {"instance", "network-interface", "volume"}
    for tags in specifications.values():
        assert tags == {**TAGS, "Name": "plinth-test-fleet-websocket", "PatchGroup": "plinth-test-machines-patches"}


@pytest.mark.requirement("CMP-06", part="no key name without a key pair")
def test_a_key_pair_is_named_only_where_there_is_one() -> None:
    assert "keyName" not in template().inputs
    assert template(key_name="ann").inputs["keyName"] == "ann"


def test_user_data_is_plain_where_all_is_known_and_the_same_where_it_comes_later() -> None:
    expected = base64.b64encode(user_data(start(), IMAGE, ARNS).encode()).decode()
    assert template().inputs["userData"] == expected

    def later() -> LaunchArgs:
        return launch(image=Output.from_input(IMAGE))

    assert named(built(launch=later), "fleet-websocket-template").inputs["userData"] == expected


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"types": ()}, r"LaunchArgs: types: none given"),
        ({"disk_gb": 4}, r"LaunchArgs: disk_gb: 4 is smaller than the image; at least 8"),
        ({"image_parameter": "ami-1"}, r"LaunchArgs: image_parameter: 'ami-1' is no parameter"),
        ({"tags": {"project": "x"}}, r"LaunchArgs: tags: environment, owner, .* are missing"),
        ({"told": ()}, r"LaunchArgs: told: not what start.told names"),
    ],
)
def test_what_cannot_be_launched_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        launch(**changed)
