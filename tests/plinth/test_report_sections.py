"""What cost, time and changes say in a report."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from plinth.changes.cascade import changes as compared
from plinth.changes.facts import table
from plinth.changes.model import Changes
from plinth.cli.insight import subjects
from plinth.engine.graph import Graph
from plinth.policy.verdicts import Verdicts
from plinth.report.model import Findings, Rank, Section, Table, Tone
from plinth.report.sections import changes, cost, timing
from plinth.report.subject import Part, Subject
from stack.config.document import KeyPath
from tests.harness import graphs
from tests.program.switched import planned

ONE_NAT: KeyPath = ("plinth:networking", "nat")


def subject(graph: Graph, found: Changes | None = None) -> Subject:
    (only,) = subjects([Verdicts(graph=graph, judgements=())], compared={graph.stack: found} if found else {})
    return only


def section(part: Part, key: str) -> Section:
    (found,) = (one for one in part.sections if one.key == key)
    return found


def rows(part: Part, key: str) -> list[tuple[Any, ...]]:
    body = section(part, key).body
    assert isinstance(body, Table)
    return [tuple(row) for row in body.rows]


@pytest.fixture(scope="module")
def cheaper(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    """prod with one NAT gateway in place of three."""
    after = planned(tmp_path_factory.mktemp("cheaper"), "prod", {ONE_NAT: "single"})
    return subject(after, compared(graphs()["prod"], after, table()))


def test_the_cost_of_a_change_is_what_it_adds_or_takes_away_by_component(cheaper: Subject) -> None:
    ((name, before, after, difference),) = rows(cost.part(cheaper), "cost-delta")
    # Two gateways and their addresses less, at 0.045 and 0.005 USD an hour.
    assert (name, round(difference, 2)) == ("network", round(-2 * 730 * (0.045 + 0.005), 2))
    assert round(before - after, 2) == round(-difference, 2)
    found = section(cost.part(cheaper), "cost-delta")
    assert found.rank is Rank.DELTA
    assert "expected: -$ 73 a month" in found.lead


def test_a_stack_that_was_compared_with_nothing_has_no_deltas() -> None:
    alone = subject(graphs()["dev"])
    assert changes.part(alone) == Part()
    assert {one.rank for one in cost.part(alone).sections} == {Rank.SUMMARY, Rank.DETAIL}


def test_a_ceiling_that_is_exceeded_is_bad_and_a_gap_in_the_prices_is_a_warning() -> None:
    found = subject(graphs()["dev"])
    (figure,) = cost.part(found).figures
    assert (figure.tone, figure.value) == (Tone.PLAIN, "$ 204")
    assert figure.note.endswith("100 % priced · ceiling 500")
    assert found.ceiling
    dear = replace(found, ceiling=replace(found.ceiling, ceiling=found.ceiling.expected - 1))
    assert cost.part(dear).figures[0].tone is Tone.BAD
    partial = replace(found, cost=replace(found.cost, waiting=["urn"]))
    assert cost.part(partial).figures[0].tone is Tone.WARN
    assert section(cost.part(partial), "cost").lead == "Not in it: 1 wait for a figure of use."


def test_the_chain_of_the_first_deployment_is_in_minutes() -> None:
    found = subject(graphs()["prod"])
    chain = rows(timing.part(found), "timing")
    for (name, token, typical, slow, _), link in zip(chain, found.timing.chain, strict=True):
        assert (name, token) == (link.resource.name, link.resource.type)
        assert (typical * 60, slow * 60) == pytest.approx((link.duration.typical, link.duration.slow))
    assert timing.part(found).figures[0].note.endswith("an estimate")


def test_changes_are_listed_by_what_happens_with_what_forces_it_and_why(cheaper: Subject) -> None:
    part = changes.part(cheaper)
    listed = rows(part, "changes")
    assert {row[1] for row in listed if row[0] == "delete"} >= {"network-nat-b", "network-nat-c"}
    assert all(row[5] == "plinth:networking" for row in listed)
    (figure,) = part.figures
    assert figure.value == str(len(listed))
    assert figure.tone is Tone.BAD  # the addresses of the gateways are given back, and others may know them
    assert rows(part, "rights-delta") == []


def test_data_at_stake_comes_first_and_is_bad() -> None:
    before = graphs()["dev"]
    gone = next(urn for urn, one in before.resources.items() if one.name == "secrets-encryption-key")
    after = replace(before, resources={urn: one for urn, one in before.resources.items() if urn != gone})
    part = changes.part(subject(after, compared(before, after, table())))
    body = section(part, "losses").body
    assert isinstance(body, Findings)
    assert [(one.tone, one.status, one.where.split()[0]) for one in body.entries] == [
        (Tone.BAD, "delete", "secrets-encryption-key")
    ]
    assert part.figures[0].tone is Tone.BAD


@pytest.mark.slow
def test_rights_gained_are_told_by_who_may_do_what(tmp_path: Path) -> None:
    access: KeyPath = ("plinth:services", "websocket", "access")
    after = planned(tmp_path, "dev", {access: [{"to": "secret.google-oauth", "as": "read"}]})
    part = changes.part(subject(after, compared(graphs()["dev"], after, table())))
    gained = [row for row in rows(part, "rights-delta") if row[0] == "gained"]
    assert (
        "service-websocket-identity-role",
        "secretsmanager:DescribeSecret, secretsmanager:GetSecretValue",
        "secrets-google-oauth",
    ) in [row[1:4] for row in gained]
