"""The schema and the reference: complete, in plain words, and right about the real files."""

from typing import Any

import jsonschema
import pytest
import yaml

from stack.config.document import format_path
from stack.config.reference import allowed, entries, find, keys_of, stack_file_schema
from tests.harness import ROOT, STACKS


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_file_is_valid_by_the_schema_and_names_it_in_its_first_line(stack: str) -> None:
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text()
    jsonschema.validate(yaml.safe_load(text), dict(stack_file_schema()))
    assert text.startswith("# yaml-language-server: $schema=schemas/stack-config.schema.json\n")
    assert (ROOT / "schemas/stack-config.schema.json").is_file()


def test_the_schema_refuses_what_the_model_refuses() -> None:
    content: Any = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())
    content["config"]["plinth:networking"]["nat"] = "singel"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, dict(stack_file_schema()))


def test_every_key_says_what_it_means_and_what_it_allows() -> None:
    for entry in entries():
        assert entry.description, entry.path
        assert entry.allowed not in ("", "a text"), entry.path


def test_what_a_key_allows_is_said_in_plain_words() -> None:
    said = {format_path(entry.path): entry.allowed for entry in entries()}
    assert said["plinth:networking.nat"] == "one of none, single, per-zone"
    assert said["plinth:networking.workloadZones"] == "a whole number from 1 to 6"
    assert said["plinth:platform.regions"] == "a map with the keys home, standby, vault"
    assert said["plinth:platform.zones"] == "a list of 2 to 6, each an availability zone, a to i, such as us-east-1a"
    assert said["plinth:networking.reserved"].startswith("a map from names to a private IPv4 range")


def test_a_path_leads_to_its_schema_through_lists_and_free_names() -> None:
    zone, block = find(("plinth:platform", "zones", 2)), find(("plinth:networking", "reserved", "anything"))
    assert zone is not None
    assert block is not None
    assert allowed(zone).startswith("an availability zone")
    assert allowed(block).startswith("a private IPv4 range")
    assert find(("plinth:networking", "nothing")) is None
    assert keys_of(("plinth:networking", "nat")) == ()
