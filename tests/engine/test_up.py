"""The program goes up, stays as it is and goes down on an emulated AWS, by the genuine engine and Terraform provider."""

from pathlib import Path

import pytest

from plinth.engine.recording import record
from tests.engine.real import NEEDED, against_moto, deployable
from tests.harness import project_copy

pytestmark = NEEDED

EXPLAINED: tuple[str, ...] = ()
"""Warnings that are expected, by the text they contain, and why. None."""


@pytest.mark.requirement("DEL-12", part="one `pulumi up` from nothing, for what exists; nothing needs a second run")
def test_dev_goes_up_at_once_is_unchanged_afterwards_and_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = deployable(tmp_path)
    up, again, refresh, still, destroy, report = against_moto(folder, "dev", "up", "preview", "refresh", "preview", "destroy")
    count = len(record(folder, "dev").resources) + 1  # and the stack itself
    assert (up["rc"], up["errors"], up["changes"]) == (0, [], {"create": count})
    for preview in (again, still):
        assert (preview["rc"], preview["changes"]) == (0, {"same": count})
    assert (refresh["rc"], set(refresh["changes"])) == (0, {"same"})
    assert (destroy["rc"], destroy["changes"]) == (0, {"delete": count})
    assert report["faked"] == []
    assert [warning for warning in report["warnings"] if not any(known in warning for known in EXPLAINED)] == []


@pytest.mark.requirement("BST-03", part="an `up` into nobody's account is refused before anything is touched")
def test_an_up_with_the_placeholder_account_is_refused(tmp_path: Path) -> None:
    up, _ = against_moto(project_copy(tmp_path), "dev", "up")
    assert up["rc"] != 0
    assert any("000000000000 is nobody's account" in error for error in up["errors"])
    assert up["changes"] == {"create": 1}, "the stack itself is all there is"
