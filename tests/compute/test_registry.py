"""Registries of images."""

import json
from typing import Any

import pytest

from components.compute.registry import Registry, RegistryArgs, image_uri, pull_statements
from components.core.context import Context
from plinth.engine.graph import Graph
from tests.harness import named, recorded

CI = "arn:aws:iam::111111111111:role/guarded/plinth-test-ci-deploy"
REPOSITORY = "111111111111.dkr.ecr.us-east-1.amazonaws.com/plinth-test-booking-images"


def args(**changed: Any) -> RegistryArgs:
    given: dict[str, Any] = {"image": "booking", "key_arn": "arn:aws:kms:x", "keep_images": 20, "untagged_days": 7}
    return RegistryArgs(**given | changed)


def registry(*, retain: bool = False, **changed: Any) -> Graph:
    return recorded(lambda ctx: Registry("registry-booking", args(**changed), ctx), retain=retain)


def policy(graph: Graph) -> dict[str, dict[str, Any]]:
    return {one["Sid"]: one for one in json.loads(named(graph, "registry-booking-policy").inputs["policy"])["Statement"]}


@pytest.mark.requirement("CMP-07", part="one registry; each service has one")
def test_what_is_pushed_is_scanned_encrypted_and_keeps_its_tag() -> None:
    repository = named(registry(), "registry-booking-repository")
    assert repository.inputs["name"] == "plinth-test-booking-images"
    assert repository.inputs["imageTagMutability"] == "IMMUTABLE"
    assert repository.inputs["imageScanningConfiguration"] == {"scanOnPush": True}
    assert repository.inputs["encryptionConfigurations"] == [{"encryptionType": "KMS", "kmsKey": "arn:aws:kms:x"}]


@pytest.mark.parametrize("retain", [False, True])
def test_images_go_with_the_registry_only_where_the_stack_keeps_nothing(*, retain: bool) -> None:
    repository = named(registry(retain=retain), "registry-booking-repository")
    assert repository.inputs["forceDelete"] is not retain
    assert repository.options.protect is retain


@pytest.mark.requirement("CMP-07", part="what is deleted when")
def test_the_last_versions_are_kept_and_what_has_no_tag_goes_first() -> None:
    rules = json.loads(named(registry(), "registry-booking-lifecycle").inputs["policy"])["rules"]
    assert [(rule["rulePriority"], rule["selection"]) for rule in rules] == [
        (1, {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 7}),
        (2, {"tagStatus": "tagged", "tagPatternList": ["*"], "countType": "imageCountMoreThan", "countNumber": 20}),
    ]


@pytest.mark.requirement("CMP-07", part="who pushes")
def test_pipelines_push_and_other_accounts_and_open_lines_are_kept_out() -> None:
    statements = policy(registry(pushed_by=(CI,)))
    assert statements.keys() == {"Pipelines", "OtherAccounts", "InPlain"}
    assert statements["Pipelines"]["Condition"] == {"ArnEquals": {"aws:PrincipalArn": [CI]}}
    assert "ecr:PutImage" in statements["Pipelines"]["Action"]
    assert statements["OtherAccounts"]["Effect"] == statements["InPlain"]["Effect"] == "Deny"
    assert statements["OtherAccounts"]["Condition"]["StringNotEquals"] == {"aws:PrincipalAccount": "111111111111"}
    assert statements["InPlain"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert not any("Resource" in one for one in statements.values())
    assert policy(registry()).keys() == {"OtherAccounts", "InPlain"}


def test_where_an_image_is_can_be_said_before_its_registry_exists() -> None:
    seen: list[Context] = []
    recorded(seen.append)
    assert image_uri(seen[0], "booking", "tag:v1") == f"{REPOSITORY}:v1"
    assert image_uri(seen[0], "booking", f"sha256:{'a' * 64}") == f"{REPOSITORY}@sha256:{'a' * 64}"
    sign_in, pull = pull_statements(seen[0], ("booking",))
    assert (sign_in.actions, sign_in.resources) == (("ecr:GetAuthorizationToken",), ("*",))
    assert pull.resources == ("arn:aws:ecr:us-east-1:111111111111:repository/plinth-test-booking-images",)


def test_what_no_registry_can_be_is_refused_all_at_once() -> None:
    with pytest.raises(
        ValueError, match=r"RegistryArgs: image: .* \| keep_images: 0 is not possible; 1 to 1000 \| untagged_days"
    ):
        args(image="Booking", keep_images=0, untagged_days=0)
