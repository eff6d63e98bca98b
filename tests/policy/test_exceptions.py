"""policy/exceptions.yaml: what it allows, for how long, and what is wrong with it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from policy.catalogue import RULES
from policy.exceptions import FILE, ExceptionsError, Exemption, load, stale
from policy.judge import Exemptions, Verdict, judge
from policy.rules.view import Stack
from tests.harness import ROOT
from tests.policy.cases import CASES

IDS = {rule.id for rule in RULES}
TODAY = datetime.now(UTC).date()
(OPEN, *_) = CASES["log-group-retained"].violated
RULE = next(rule for rule in RULES if rule.id == "log-group-retained")


def exemption(expires: date = TODAY, urn: str = OPEN[0].urn) -> Exemption:
    return Exemption(rule=RULE.id, urn=urn, reason="kept for the auditors of 2027", expires=expires)


def written(folder: Path, text: str) -> Path:
    (folder / FILE).parent.mkdir(exist_ok=True)
    (folder / FILE).write_text(text)
    return folder


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(ExceptionsError) as caught:
        load(written(folder, text), IDS)
    return str(caught.value).splitlines()


def test_the_file_of_the_repository_can_be_used() -> None:
    assert all(found.rule in IDS for found in load(ROOT, IDS))


def test_an_entry_is_read_and_where_there_is_no_file_there_are_none(tmp_path: Path) -> None:
    assert load(tmp_path, IDS) == ()
    text = f"- rule: {RULE.id}\n  urn: {OPEN[0].urn}\n  reason: kept for the auditors of 2027\n  expires: {TODAY}\n"
    assert load(written(tmp_path, text), IDS) == (exemption(),)


def test_what_is_allowed_is_no_violation_until_the_end_of_its_last_day() -> None:
    stack = Stack(resources=OPEN)
    (allowed,) = judge(stack, [RULE], Exemptions.of([exemption()]))
    assert (allowed.verdict, allowed.blocks, allowed.exemption) == (Verdict.EXEMPT, False, exemption())
    (expired,) = judge(stack, [RULE], Exemptions.of([exemption(TODAY - timedelta(days=1))]))
    assert (expired.verdict, expired.blocks) == (Verdict.VIOLATED, True)


def test_an_exception_hides_neither_another_rule_nor_another_resource_nor_a_doubt() -> None:
    other = Exemptions.of([exemption(urn="urn:pulumi:prod::plinth::aws:cloudwatch/logGroup:LogGroup::other")])
    assert [found.verdict for found in judge(Stack(resources=OPEN), [RULE], other)] == [Verdict.VIOLATED]
    here = Exemptions.of([exemption()])
    encrypted = next(rule for rule in RULES if rule.id == "log-group-encrypted")
    assert [found.verdict for found in judge(Stack(resources=OPEN), [encrypted], here)] == [Verdict.VIOLATED]
    unknown = Stack(resources=CASES[RULE.id].undecided[0])
    assert [found.verdict for found in judge(unknown, [RULE], here)] == [Verdict.UNDECIDED]


def test_an_entry_that_is_not_needed_and_one_that_has_expired_are_told() -> None:
    needed, unused, expired = exemption(), exemption(urn=f"{OPEN[0].urn}-2"), exemption(TODAY - timedelta(days=1))
    assert list(stale([needed, unused, expired], used=[needed])) == [
        f"{FILE}: log-group-retained for {OPEN[0].urn}-2 is not needed: remove the entry",
        f"{FILE}: log-group-retained for {OPEN[0].urn} expired on {expired.expires}: mend the resource or renew the reason",
    ]


def test_all_faults_come_at_once_each_with_its_entry_key_and_what_is_allowed(tmp_path: Path) -> None:
    text = """
- rule: no-such-rule
  urn: network-vpc
  reason: because
  expires: "2027-03-31"
- {rule: log-group-retained, reason: kept for the auditors of 2027, expires: 2027-03-31T00:00:00, until: 2028-01-01}
- nonsense
"""
    assert faults(tmp_path, text) == [
        f"{FILE}: entry 1: rule: 'no-such-rule' is not possible; the id of a rule (docs/POLICIES.md)",
        f"{FILE}: entry 1: urn: 'network-vpc' is not possible; the whole URN of the resource",
        f"{FILE}: entry 1: reason: 'because' is not possible; "
        "a text of at least 15 characters: what makes it safe, or who accepted the risk",
        f"{FILE}: entry 1: expires: '2027-03-31' is not possible; a date such as 2027-03-31, the last day on which it holds",
        f"{FILE}: entry 2: until: is no key that can stand here; one of rule, urn, reason, expires",
        f"{FILE}: entry 2: urn: is missing; the whole URN of the resource",
        f"{FILE}: entry 2: expires: datetime.datetime(2027, 3, 31, 0, 0) is not possible; "
        "a date such as 2027-03-31, the last day on which it holds",
        f"{FILE}: entry 3: is no map with the keys rule, urn, reason, expires",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a: b", "is no list of entries"), ("", "is no list of entries"), ("- [", "is no YAML"), ("- a: b\n  a: c", "a: is no key")],
)
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in faults(tmp_path, text)[0]


def test_the_same_place_twice_is_refused(tmp_path: Path) -> None:
    entry = f"- {{rule: {RULE.id}, urn: '{OPEN[0].urn}', reason: kept for the auditors, expires: 2027-03-31}}\n"
    assert faults(tmp_path, entry * 2) == [f"{FILE}: log-group-retained is allowed twice for {OPEN[0].urn}"]
