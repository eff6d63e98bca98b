"""What may pass an endpoint: exact actions, our principals, our resources, and a few things of AWS's."""

import json
import re
from typing import Any, get_args

import pytest

from components.core.documents import ENDPOINT_LIMIT
from components.networking.endpoint_policies import PASSAGES, endpoint_policy
from components.networking.services import Service

SERVICES: tuple[Service, ...] = get_args(Service)
EVERY_SERVICE = pytest.mark.parametrize("service", SERVICES)
PREFIXES = {"ecr.api": "ecr", "ecr.dkr": "ecr", "monitoring": "cloudwatch"}
OURS, THEIRS = {"aws:PrincipalAccount": "111111111111"}, {"aws:ResourceAccount": "111111111111"}


def statements(service: Service) -> list[dict[str, Any]]:
    text = endpoint_policy(service, account_id="111111111111", region="us-east-1")
    assert isinstance(text, str)
    assert len(text) <= ENDPOINT_LIMIT
    return json.loads(text)["Statement"]


def test_every_service_of_the_stack_file_has_a_policy() -> None:
    assert set(PASSAGES) == set(SERVICES)


@EVERY_SERVICE
def test_actions_are_exact_and_of_the_service_itself(service: Service) -> None:
    for statement in statements(service):
        for action in statement["Action"]:
            assert re.fullmatch(rf"{PREFIXES.get(service, service)}:[A-Z][A-Za-z]+", action)


@EVERY_SERVICE
def test_what_reaches_every_resource_is_narrowed_to_an_account(service: Service) -> None:
    found = statements(service)
    assert found
    for statement in found:
        assert (statement["Effect"], statement["Principal"]) == ("Allow", "*")
        if statement["Resource"] == ["*"]:
            assert statement["Condition"]["StringEquals"] in (OURS, OURS | THEIRS, THEIRS)


@pytest.mark.parametrize("service", ["s3", "dynamodb", "secretsmanager", "sqs", "kms", "logs", "ssm"])
def test_data_is_read_and_written_in_this_account_only(service: Service) -> None:
    (owned,) = [s for s in statements(service) if s.get("Condition") == {"StringEquals": OURS | THEIRS}]
    assert owned["Action"] == sorted(PASSAGES[service].owned)


def test_layers_of_images_packages_and_agents_come_from_buckets_of_aws_by_name() -> None:
    (foreign,) = [statement for statement in statements("s3") if "Condition" not in statement]
    assert foreign["Action"] == ["s3:GetObject"]
    assert "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*" in foreign["Resource"]
    assert "arn:aws:s3:::al2023-repos-us-east-1-de612dc2/*" in foreign["Resource"]
    assert all(re.fullmatch(r"arn:aws:s3:::[a-z0-9-]*us-east-1[a-z0-9-]*/\*", bucket) for bucket in foreign["Resource"])


def test_a_pod_takes_roles_of_this_account_by_its_token() -> None:
    (token,) = [s for s in statements("sts") if s["Action"] == ["sts:AssumeRoleWithWebIdentity"]]
    assert token["Condition"] == {"StringEquals": THEIRS}


def test_only_public_parameters_are_read_from_aws_itself() -> None:
    (public,) = [statement for statement in statements("ssm") if statement["Resource"] != ["*"]]
    assert public["Resource"] == ["arn:aws:ssm:us-east-1::parameter/aws/*"]
    assert public["Condition"] == {"StringEquals": OURS}


def test_the_other_services_have_no_exception() -> None:
    for service in SERVICES:
        if service not in ("s3", "ssm"):
            assert all(statement["Resource"] == ["*"] for statement in statements(service))
