"""The tables of what a pipeline calls: complete for every stack, and true to their sources."""

from pathlib import Path
from typing import Any, cast

import pytest
from policy_sentry.querying.actions import get_action_data

from components.security import handlers
from tests.harness import ROOT
from tests.program.switched import VPN, planned, turned_on
from tools import handlers as tables
from tools.handler_facts import LEFT_OUT


def test_every_type_of_every_stack_stands_in_the_table(tmp_path: Path) -> None:
    ledgers = "\n".join(file.read_text() for file in (ROOT / "tests" / "program" / "urns").glob("*.txt"))
    made = {urn.split("::")[2].rpartition("$")[2] for urn in ledgers.splitlines() if "::" in urn}
    made |= {resource.type for resource in planned(tmp_path, "dev", turned_on(VPN)).resources.values()}
    assert len(made) > 30
    missing = {token for token in made if token.startswith("aws:")} - handlers.known_types()
    assert missing == set(), "say in TYPES of tools/handler_facts.py what CloudFormation calls it, then `make docs`"


def test_a_type_that_the_tables_do_not_cover_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(LookupError, match=r"no handlers are known for aws:x/y:Y: add them to tools/handler_facts.py"):
        handlers.actions(frozenset({"aws:x/y:Y"}), ("create",))


def test_the_tables_are_those_that_their_sources_give() -> None:
    for name, made in (("handlers.csv", tables.handlers_table()), ("actions.csv", tables.actions_table())):
        assert (ROOT / "components" / "security" / name).read_text() == made, "run `make docs`"


def test_whatever_a_source_names_is_granted_or_left_out_for_a_reason() -> None:
    schemas = tables.schemas()
    named = {
        action
        for schema in schemas.values()
        for handler in tables.HANDLERS
        for action in schema.get("handlers", {}).get(handler, {}).get("permissions", ())
    }
    left_out = {action for each in LEFT_OUT.values() for action in each.split()}
    assert left_out <= named, "left out, though no schema names it any more"
    assert named - left_out <= set(handlers.rights())


def test_every_action_has_the_level_that_the_reference_gives_it() -> None:
    for action, rights in handlers.rights().items():
        service, _, name = action.partition(":")
        found = cast("dict[str, Any]", get_action_data(service, name))
        assert {row["access_level"] for row in found[service]} == {right.level for right in rights}, action


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("ec2:CreateMoon", r"ec2:CreateMoon does not exist: put it into LEFT_OUT"),
        ("lambda:InvokeFunction", r"lambda:InvokeFunction works on lambda:function: say in RESOURCES"),
        ("ecr:PutRegistryPolicy", r"ecr:PutRegistryPolicy is narrowed by nothing: say in GUARDS"),
        ("route53:EnableHostedZoneDNSSEC", r"on route53:hostedzone goes by no name and no tag"),
    ],
)
def test_an_action_that_nothing_narrows_cannot_slip_in(action: str, message: str) -> None:
    with pytest.raises(LookupError, match=message):
        list(tables.narrowed(action))
