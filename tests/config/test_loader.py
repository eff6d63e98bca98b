"""A stack file as a whole: all faults at once, secrets never shown, the same under the engine as without it."""

import json
import os
from pathlib import Path

import pulumi
import pytest

from plinth.engine.recording import record, run
from stack.config import engine
from stack.config.faults import ConfigError
from stack.config.loader import ENVIRONMENTS, environment_of, load_all
from tests.harness import ROOT, STACKS, deployable, graphs, linked_copy, replace_in


def faults(folder: Path, stack: str = "dev") -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_all(folder, [stack])
    return [str(fault) for fault in caught.value.faults]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return linked_copy(tmp_path)


@pytest.mark.requirement("BST-05")
def test_three_stack_files_load_and_name_their_environments() -> None:
    stacks = load_all(ROOT, STACKS)
    assert [stack.environment for stack in stacks.values()] == list(STACKS)
    assert {stack.project for stack in stacks.values()} == {"plinth"}


def test_the_long_names_of_environments_are_understood_and_others_refused() -> None:
    assert environment_of("production") == "prod"
    with pytest.raises(ConfigError, match="'qa' is no environment; one of dev, development"):
        environment_of("qa")
    assert set(ENVIRONMENTS.values()) == set(STACKS)


def test_all_faults_of_a_file_come_at_once_each_with_its_line(copy: Path) -> None:
    file = copy / "Pulumi.dev.yaml"
    replace_in(file, "nat: single", "nat: singel")
    replace_in(file, 'costCentre: "1000"', "costCentre: 1000")
    replace_in(file, "deletion:", "deletoin:")
    assert faults(copy) == [
        "Pulumi.dev.yaml:5: plinth:platform.costCentre: 1000 (a whole number) is not possible; "
        "a quoted text of 1 to 256 letters, digits, spaces and _ . : / = + - @ (the form of an AWS tag value)",
        "Pulumi.dev.yaml:9: plinth:platform.deletoin: is no key that can stand here; did you mean deletion?",
        "Pulumi.dev.yaml:14: plinth:networking.nat: the text 'singel' is not possible; "
        "one of none, single, per-zone; did you mean single?",
    ]


def test_the_faults_of_all_files_come_at_once(copy: Path) -> None:
    for stack in STACKS:
        replace_in(copy / f"Pulumi.{stack}.yaml", "deletion: .*", "deletion: maybe")
    with pytest.raises(ConfigError) as caught:
        load_all(copy, STACKS)
    assert [fault.file for fault in caught.value.faults] == sorted(f"Pulumi.{stack}.yaml" for stack in STACKS)


@pytest.mark.parametrize(
    ("pattern", "replacement", "expected"),
    [
        ("us-east-1c]", "us-west-2c]", "plinth:platform.zones[2]: us-west-2c is not a zone of us-east-1; a zone of regions.home"),
        ("us-east-1c]", "us-east-1a]", "plinth:platform.zones[2]: us-east-1a is given twice; each zone once"),
        ("standby: us-west-2", "standby: us-east-1", "plinth:platform.regions.standby: us-east-1 is the region of home as well"),
        (
            "workloadZones: 1",
            "workloadZones: 4",
            "plinth:networking.workloadZones: 4 zones are wanted, 3 are in platform.zones; 1 to 3",
        ),
        ("standby: 10.12", "standby: 10.2", "plinth:networking.reserved.standby: 10.2.0.0/16 overlaps 10.2.0.0/16 (cidr)"),
        ("cidr: 10.2.0.0/16", "cidr: 8.8.0.0/16", "plinth:networking.cidr: 8.8.0.0/16 is not private address space"),
        ("cidr: 10.2.0.0/16", "cidr: 10.2.0.0/24", "plinth:networking.cidr: 10.2.0.0/24 has a prefix of /24"),
        ("cidr: 10.2.0.0/16", "cidr: 10.2.0.1/16", "plinth:networking.cidr: 10.2.0.1/16 has host bits set"),
        ("reserved: {", "reserved: {Bad_Name: 10.9.0.0/16, ", "plinth:networking.reserved.Bad_Name: is no possible name"),
    ],
)
def test_a_rule_between_values_is_checked_where_the_value_stands(
    copy: Path, pattern: str, replacement: str, expected: str
) -> None:
    replace_in(copy / "Pulumi.dev.yaml", pattern, replacement)
    (fault,) = faults(copy)
    assert expected in fault
    assert fault.startswith("Pulumi.dev.yaml:")


@pytest.mark.requirement("NET-01", part="no two stacks share addresses, and none those reserved for recovery")
@pytest.mark.parametrize(
    ("pattern", "replacement", "expected"),
    [
        ("cidr: .*", "cidr: 10.2.0.0/18", "cidr: 10.2.0.0/18 overlaps 10.2.0.0/16 (cidr of stack dev)"),
        ("cidr: .*", "cidr: 10.12.16.0/20", "cidr: 10.12.16.0/20 overlaps 10.12.0.0/16 (reserved.standby of stack dev)"),
        ("standby: 10.*}", "standby: 10.2.0.0/24}", "reserved.standby: 10.2.0.0/24 overlaps 10.2.0.0/16 (cidr of stack dev)"),
    ],
)
def test_two_stacks_with_overlapping_ranges_are_refused(copy: Path, pattern: str, replacement: str, expected: str) -> None:
    replace_in(copy / "Pulumi.staging.yaml", pattern, replacement)
    with pytest.raises(ConfigError) as caught:
        load_all(copy, STACKS)
    (fault,) = map(str, caught.value.faults)
    assert fault.startswith("Pulumi.staging.yaml:")
    assert expected in fault


def test_two_stacks_may_reserve_the_same_range(copy: Path) -> None:
    replace_in(copy / "Pulumi.staging.yaml", "standby: 10.*}", "standby: 10.12.0.0/16}")
    assert load_all(copy, STACKS)


def test_a_secret_inside_a_section_is_refused_and_never_shown(copy: Path) -> None:
    replace_in(copy / "Pulumi.dev.yaml", "owner: .*", "owner: {secure: djE6cGxhbnRlZA==}")
    found = faults(copy)
    assert any(
        "plinth:platform.owner: is encrypted inside a section; a credential is a key of its own" in fault for fault in found
    )
    assert "djE6cGxhbnRlZA" not in "".join(found)


def test_under_the_engine_no_value_of_a_section_with_a_secret_is_shown(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    section = {"cidr": "hunter2", "reserved": "hunter2", "workloadZones": "hunter2", "nat": "none"}
    monkeypatch.setitem(os.environ, "PULUMI_CONFIG", json.dumps({"plinth:networking": json.dumps(section)}))
    monkeypatch.setitem(os.environ, "PULUMI_CONFIG_SECRET_KEYS", json.dumps(["plinth:networking"]))
    monkeypatch.chdir(copy)
    with pytest.raises(pulumi.RunError) as caught:
        run(engine.load, project="plinth", stack="dev", folder=copy)
    assert "plinth:networking: is encrypted inside a section" in str(caught.value)
    assert "plinth:platform: is missing" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_the_value_of_an_unknown_key_is_never_shown(copy: Path) -> None:
    replace_in(copy / "Pulumi.dev.yaml", "owner: .*", "owner: a\n    password: hunter2")
    assert "hunter2" not in "".join(faults(copy))


def test_a_key_of_another_namespace_is_refused_since_nothing_reads_it(copy: Path) -> None:
    replace_in(copy / "Pulumi.dev.yaml", "^config:", "config:\n  aws:region: eu-west-1")
    (fault,) = faults(copy)
    assert "aws:region: has no effect here" in fault


def test_the_program_refuses_a_bad_file_before_it_registers_anything(copy: Path) -> None:
    replace_in(copy / "Pulumi.dev.yaml", "nat: single", "nat: singel")
    with pytest.raises(pulumi.RunError, match=r"Pulumi\.dev\.yaml:14: plinth:networking\.nat: the text 'singel'"):
        record(copy, "dev")


def test_without_the_stack_file_at_hand_the_program_still_names_stack_and_key(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sections = {"plinth:networking": json.dumps({"cidr": "10.0.0.0/16"})}
    monkeypatch.setitem(os.environ, "PULUMI_CONFIG", json.dumps(sections))
    monkeypatch.chdir(copy / "stack")
    with pytest.raises(pulumi.RunError, match=r"stack dev: plinth:networking\.nat: is missing"):
        run(engine.load, project="plinth", stack="dev", folder=copy)


@pytest.mark.requirement("BST-03", part="an account that is nobody's cannot be deployed to")
def test_the_placeholder_account_plans_and_is_refused_by_up(copy: Path) -> None:
    assert load_all(ROOT, ["dev"])["dev"].config.platform.account_id == "000000000000"
    assert graphs()["dev"].resources
    with pytest.raises(pulumi.RunError, match=r"plinth:platform\.accountId: 000000000000 is nobody's account"):
        record(copy, "dev", preview=False)


@pytest.mark.requirement("SEC-04", part="an `up` without a credential that a service reads is refused")
def test_an_up_is_refused_until_every_credential_that_a_service_reads_is_set(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        record(copy, "dev", preview=False)
    for name in ("google-oauth", "collection-api-keys", "bot-token"):
        assert f"credentials:{name}: is not set, and a service reads it; pulumi config set --secret credentials:{name}" in str(
            caught.value
        )
    assert record(deployable(tmp_path / "set"), "dev", preview=False).resources
