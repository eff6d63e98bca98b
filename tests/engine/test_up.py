"""The program goes up, stays as it is and goes down on an emulated AWS, by the genuine engine and Terraform provider."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from plinth.engine.recording import record
from tests.engine.real import NEEDED, WITH_PACKS, against_moto
from tests.harness import STACKS, deployable, lean, project_copy, replace_in

pytestmark = NEEDED

EXPLAINED = (
    "deploymentConfiguration: not in the 5.100 schema",
    "advancedConfiguration: not in the 5.100 schema",
)
"""Warnings that are expected, by the text they contain: of how versions of a service on ECS take turns, which the provider's next
major version knows."""
VPN = frozenset(
    {"aws_ec2_client_vpn_authorization_rule", "aws_ec2_client_vpn_endpoint", "aws_ec2_client_vpn_network_association"}
)
"""The emulated AWS has no Client VPN: the stand-in makes these up, after the provider has planned and checked them."""
NOT_SERVED: Mapping[str, str] = {
    "aws_efs_backup_policy": "it answers that there is none",
    "aws_elasticache_parameter_group": "it answers with an error of its own",
    "aws_elasticache_replication_group": "the nodes that it says it has cannot be asked for",
    "aws_s3_bucket_logging": "it answers with an error of its own where a policy lets the records in",
    "aws_sqs_queue_redrive_allow_policy": "it does not keep who may have dead letters in a queue",
    "aws_ssm_patch_baseline": "it gives no tags to one",
    "aws_ssm_patch_group": "it looks for a maintenance window in place of the baseline",
}
"""What the emulated AWS cannot make, and why: planned and checked by the provider, and made up."""
NOT_ELSEWHERE: Mapping[str, str] = {
    "aws_kms_alias": "an alias cannot be given to a copy that was made up",
    "aws_kms_replica_key": "it copies no keys to other regions",
    "aws_s3_bucket_intelligent_tiering_configuration": "it refuses one in another region than its own",
}
"""The same of a stack with things in several regions."""
NOT_KNOWN: Mapping[str, str] = {
    "aws_accessanalyzer_analyzer": "it has no Access Analyzer",
    "aws_ebs_default_kms_key": "it has no defaults of EBS",
    "aws_s3_account_public_access_block": "it answers that there is none",
    "aws_ssm_maintenance_window_target": "it is made, and cannot be read",
}
"""What the stand-in found missing by itself."""
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"


def count(folder: Path, stack: str) -> int:
    """How many resources a stack has, itself included."""
    return len(record(folder, stack).resources) + 1


def nothing_went_wrong(report: dict[str, Any], *, made_up: frozenset[str] = frozenset()) -> None:
    """`made_up` are the only types that may be faked."""
    assert {kind for kind, _ in report["faked"]} <= made_up
    assert [warning for warning in report["warnings"] if not any(known in warning for known in EXPLAINED)] == []


def served(folder: Path, stack: str) -> None:
    """Makes the stack file one that the emulated AWS can serve.

    It knows MySQL up to 8.0, and no forecasts of services on ECS: those are policies of a type that it refuses.
    """
    file = folder / f"Pulumi.{stack}.yaml"
    replace_in(file, 'engineVersion: "8.4"', 'engineVersion: "8.0"')
    if stack == "prod":
        replace_in(file, "most: 10, (.*), predictive: forecast", r"most: 10, \1")


@pytest.mark.requirement("DEL-12", part="one `pulumi up` from nothing; nothing needs a second run")
@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_goes_up_at_once_is_unchanged_afterwards_and_goes_down_again_unless_it_is_protected(
    stack: str, tmp_path: Path
) -> None:
    folder = deployable(tmp_path)
    served(folder, stack)
    unserved = {*NOT_SERVED, *(NOT_ELSEWHERE if stack == "prod" else ())}
    allowed = frozenset({*unserved, *NOT_KNOWN})
    options = ("--plan-only-types", ",".join(sorted(unserved)), *WITH_PACKS)
    # What prod holds is protected: it has to stay.
    steps = ("up", "preview") if stack == "prod" else ("up", "preview", "destroy")
    up, again, *destroyed, report = against_moto(folder, stack, *steps, options=options)
    planned = record(folder, stack)
    whole, fleets = len(planned.resources) + 1, len(planned.of_type("aws:autoscaling/group:Group"))
    assert (up["rc"], up["errors"], up["changes"]) == (0, [], {"create": whole})
    # The emulated AWS does not say of a group of machines which types it mixes.
    assert (again["rc"], again["changes"]) == (0, {"same": whole - fleets, "update": fleets})
    for destroy in destroyed:
        assert (destroy["rc"], destroy["errors"], destroy["changes"]) == (0, [], {"delete": whole})
    nothing_went_wrong(report, made_up=allowed)


@pytest.mark.requirement("DEL-12", part="the same again, and after a refresh, for what no service needs")
def test_what_is_there_without_services_is_unchanged_after_a_refresh(tmp_path: Path) -> None:
    folder = deployable(tmp_path)
    lean(folder / "Pulumi.dev.yaml")
    up, again, refresh, still, destroy, report = against_moto(folder, "dev", "up", "preview", "refresh", "preview", "destroy")
    whole = count(folder, "dev")
    assert (up["rc"], up["errors"], up["changes"]) == (0, [], {"create": whole})
    for preview in (again, still):
        assert (preview["rc"], preview["changes"]) == (0, {"same": whole})
    assert (refresh["rc"], set(refresh["changes"])) == (0, {"same"})
    assert (destroy["rc"], destroy["errors"], destroy["changes"]) == (0, [], {"delete": whole})
    nothing_went_wrong(report, made_up=frozenset({"aws_s3_bucket_logging"}))


@pytest.mark.requirement("NET-24", part="the provider accepts it; it was never really created, since moto has no Client VPN")
def test_the_provider_accepts_the_vpn(tmp_path: Path) -> None:
    folder = deployable(tmp_path)
    file = folder / "Pulumi.dev.yaml"
    replace_in(file, "vpn: {enabled: false", "vpn: {enabled: true")
    for key in ("serverCertificateArn", "clientCertificateArn"):
        replace_in(file, f'{key}: ""', f'{key}: "{CERTIFICATE}"')
    lean(file)
    up, again, report = against_moto(folder, "dev", "up", "preview")
    whole = count(folder, "dev")
    assert (up["rc"], up["errors"], up["changes"]) == (0, [], {"create": whole})
    assert (again["rc"], again["changes"]) == (0, {"same": whole})
    nothing_went_wrong(report, made_up=VPN | {"aws_s3_bucket_logging"})


@pytest.mark.requirement("BST-03", part="an `up` into nobody's account is refused before anything is touched")
def test_an_up_with_the_placeholder_account_is_refused(tmp_path: Path) -> None:
    up, _ = against_moto(project_copy(tmp_path), "dev", "up")
    assert up["rc"] != 0
    assert any("000000000000 is nobody's account" in error for error in up["errors"])
    assert up["changes"] == {"create": 1}, "the stack itself is all there is"
