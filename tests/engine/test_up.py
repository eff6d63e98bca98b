"""The program goes up, stays as it is and goes down on an emulated AWS, by the genuine engine and Terraform provider."""

from pathlib import Path
from typing import Any

import pytest

from plinth.engine.recording import record
from tests.engine.real import NEEDED, against_moto
from tests.harness import deployable, project_copy, replace_in

pytestmark = NEEDED

EXPLAINED: tuple[str, ...] = ()
"""Warnings that are expected, by the text they contain, and why. None."""
UNSERVED: frozenset[str] = frozenset(
    {
        # The emulated AWS has no Client VPN: the stand-in makes these up, after the provider has planned and checked them.
        "aws_ec2_client_vpn_authorization_rule",
        "aws_ec2_client_vpn_endpoint",
        "aws_ec2_client_vpn_network_association",
    }
)
IN_PROD = frozenset({"aws_accessanalyzer_analyzer", "aws_kms_alias", "aws_kms_replica_key"})
"""The emulated AWS has no Access Analyzer either, nor copies of keys in other regions; prod makes both.

An alias cannot be given to a copy that was made up, so prod's are planned and checked by the provider; other stacks make theirs.
"""
PLANNED_ONLY = ("--plan-only-types", "aws_kms_alias,aws_kms_replica_key")
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"


def count(folder: Path, stack: str) -> int:
    """How many resources a stack has, itself included."""
    return len(record(folder, stack).resources) + 1


def nothing_went_wrong(report: dict[str, Any], *, made_up: frozenset[str] = frozenset()) -> None:
    assert {kind for kind, _ in report["faked"]} == made_up
    assert [warning for warning in report["warnings"] if not any(known in warning for known in EXPLAINED)] == []


@pytest.mark.requirement("DEL-12", part="one `pulumi up` from nothing, for what exists; nothing needs a second run")
def test_dev_goes_up_at_once_is_unchanged_afterwards_and_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = deployable(tmp_path)
    up, again, refresh, still, destroy, report = against_moto(folder, "dev", "up", "preview", "refresh", "preview", "destroy")
    whole = count(folder, "dev")
    assert (up["rc"], up["errors"], up["changes"]) == (0, [], {"create": whole})
    for preview in (again, still):
        assert (preview["rc"], preview["changes"]) == (0, {"same": whole})
    assert (refresh["rc"], set(refresh["changes"])) == (0, {"same"})
    assert (destroy["rc"], destroy["errors"], destroy["changes"]) == (0, [], {"delete": whole})
    nothing_went_wrong(report)


@pytest.mark.requirement("DEL-12", part="one `pulumi up` from nothing, for what exists; nothing needs a second run")
@pytest.mark.parametrize(("stack", "made_up", "options"), [("staging", frozenset[str](), ()), ("prod", IN_PROD, PLANNED_ONLY)])
def test_every_other_stack_goes_up_at_once_and_leaves_nothing_behind(
    stack: str, made_up: frozenset[str], options: tuple[str, ...], tmp_path: Path
) -> None:
    folder = deployable(tmp_path)
    # A stack that retains its data refuses to go down, as it should. Here it is let go.
    replace_in(folder / f"Pulumi.{stack}.yaml", "deletion: .*", "deletion: destroy")
    up, again, destroy, report = against_moto(folder, stack, "up", "preview", "destroy", options=options)
    whole = count(folder, stack)
    assert (up["rc"], up["errors"], up["changes"]) == (0, [], {"create": whole})
    assert (again["rc"], again["changes"]) == (0, {"same": whole})
    assert (destroy["rc"], destroy["errors"], destroy["changes"]) == (0, [], {"delete": whole})
    nothing_went_wrong(report, made_up=made_up)


@pytest.mark.requirement("NET-24", part="the provider accepts it; it was never really created, since moto has no Client VPN")
def test_the_provider_accepts_the_vpn(tmp_path: Path) -> None:
    folder = deployable(tmp_path)
    file = folder / "Pulumi.dev.yaml"
    replace_in(file, "vpn: {enabled: false", "vpn: {enabled: true")
    for key in ("serverCertificateArn", "clientCertificateArn"):
        replace_in(file, f'{key}: ""', f'{key}: "{CERTIFICATE}"')
    up, again, report = against_moto(folder, "dev", "up", "preview")
    whole = count(folder, "dev")
    assert (up["rc"], up["errors"], up["changes"]) == (0, [], {"create": whole})
    assert (again["rc"], again["changes"]) == (0, {"same": whole})
    nothing_went_wrong(report, made_up=UNSERVED)


@pytest.mark.requirement("BST-03", part="an `up` into nobody's account is refused before anything is touched")
def test_an_up_with_the_placeholder_account_is_refused(tmp_path: Path) -> None:
    up, _ = against_moto(project_copy(tmp_path), "dev", "up")
    assert up["rc"] != 0
    assert any("000000000000 is nobody's account" in error for error in up["errors"])
    assert up["changes"] == {"create": 1}, "the stack itself is all there is"
