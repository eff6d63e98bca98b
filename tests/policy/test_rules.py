"""Each rule on resources that meet it, that break it, and of which it cannot be told."""

import re
from collections.abc import Iterator

import pytest
import yaml
from pulumi_policy import EnforcementLevel, Policy, ResourceValidationArgs, ResourceValidationPolicy, StackValidationArgs
from pulumi_policy.policy import PolicyProviderResource, PolicyResource, PolicyResourceOptions, StackValidationPolicy
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy

from plinth.engine.graph import name_of
from plinth.engine.values import leaves, with_leaves
from policy.catalogue import PACKS, RULES
from policy.crossguard import policies
from policy.judge import Exemptions, Judgement, Verdict, judge, judgement
from policy.rules.rule import Rule
from policy.rules.tags import missing_tags
from policy.rules.view import Mark, Resource, Stack
from tests.harness import ROOT, STACKS
from tests.policy.builders import TAGS, UNKNOWN, Case, by_default, resource, tagged
from tests.policy.cases import CASES
from tools.requirements_page import rows as requirement_rows

ROWS = {row.id for row in requirement_rows(ROOT / "tests" / "requirements.csv")}
BY_ID = {rule.id: rule for rule in RULES}
EVERY_RULE = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def judged(rule: Rule, case: Case) -> Judgement:
    return judgement(rule, case[0], Stack(resources=case), Exemptions())


EVERY_CASE = [
    pytest.param(rule_id, case, verdict, id=f"{rule_id}-{verdict}-{index}")
    for rule_id, cases in CASES.items()
    for verdict in (Verdict.SATISFIED, Verdict.VIOLATED, Verdict.UNDECIDED)
    for index, case in enumerate(getattr(cases, verdict))
]


@pytest.mark.requirement("POL-01")
@pytest.mark.requirement("POL-02")
@pytest.mark.requirement("POL-03")
@pytest.mark.requirement("POL-04")
@pytest.mark.requirement("POL-05", part="file systems")
@pytest.mark.requirement("POL-07")
@pytest.mark.requirement("POL-08")
@pytest.mark.requirement("POL-10")
@pytest.mark.requirement("POL-11")
@pytest.mark.requirement("POL-14")
@pytest.mark.parametrize(("rule_id", "case", "verdict"), EVERY_CASE)
def test_a_rule_passes_what_meets_it_refuses_what_breaks_it_and_says_where_it_cannot_tell(
    rule_id: str, case: Case, verdict: Verdict
) -> None:
    rule = BY_ID[rule_id]
    assert rule.applies(case[0].type)
    found = judged(rule, case)
    assert found.verdict is verdict, found.findings


@pytest.mark.requirement("POL-18")
@pytest.mark.parametrize("pack", PACKS)
def test_every_pack_can_be_given_to_the_engine(pack: str) -> None:
    folder = ROOT / "policy" / pack
    settings = yaml.safe_load((folder / "PulumiPolicy.yaml").read_text())
    runtime = settings["runtime"]
    assert (runtime["name"], (folder / runtime["options"]["virtualenv"]).resolve()) == ("python", ROOT / ".venv")
    assert f'serve("{pack}"' in (folder / "__main__.py").read_text()
    assert "pulumi-policy==" in (ROOT / "requirements.lock").read_text()


@pytest.mark.requirement("POL-18", part="unit tests for each rule, with a failing and a passing case")
@EVERY_RULE
def test_every_rule_has_cases_of_each_verdict(rule: Rule) -> None:
    cases = CASES[rule.id]
    assert all((cases.satisfied, cases.violated, cases.undecided))
    assert set(CASES) == set(BY_ID)


@pytest.mark.requirement("POL-08", part="what is asked in each stack")
@pytest.mark.parametrize(
    ("rule_id", "asked_in"),
    [
        ("database-not-public", STACKS),
        ("database-in-two-zones", ("staging", "prod")),
        ("database-backed-up", STACKS),
        ("database-deletion-protected", ("prod",)),
    ],
)
def test_a_rule_on_databases_is_tried_in_each_stack_and_broken_in_those_that_it_is_for(
    rule_id: str, asked_in: tuple[str, ...]
) -> None:
    cases = CASES[rule_id]
    assert {case[0].stack for case in cases.violated} == set(asked_in)
    assert {case[0].stack for case in (*cases.satisfied, *cases.violated)} == set(STACKS)


@EVERY_RULE
def test_a_rule_says_what_why_and_how_and_where_it_comes_from(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.id)
    assert rule.why.endswith(".")
    assert rule.fix.endswith(".")
    assert not rule.statement.endswith(".")
    rows = [source for source in rule.sources if re.fullmatch(r"[A-Z0-9]{3}-\d\d", source)]
    assert rows
    assert set(rows) <= ROWS


def test_no_two_rules_share_an_id_and_no_rule_is_in_two_packs() -> None:
    assert len(BY_ID) == len(RULES) == sum(map(len, PACKS.values()))


@pytest.mark.parametrize("verdict", [Verdict.VIOLATED, Verdict.UNDECIDED])
def test_no_message_shows_a_value(verdict: Verdict) -> None:
    for rule_id, cases in CASES.items():
        for case in getattr(cases, verdict):
            found = judged(BY_ID[rule_id], case)
            said = " ".join(found.messages(verdict))
            rule = BY_ID[rule_id]
            values = {str(leaf) for leaf in leaves(dict(case[0].props)) if isinstance(leaf, str) and len(leaf) > 4}
            assert said
            assert not [value for value in values if value in said and value not in rule.statement]


def test_a_rule_that_crashes_is_a_violation_that_names_the_error_and_not_the_value() -> None:
    def crash(_resource: Resource, _stack: Stack) -> Iterator[object]:
        raise KeyError("hunter2")

    rule = RULES[0]
    broken = Rule(
        **{name: getattr(rule, name) for name in ("id", "severity", "statement", "why", "fix", "sources", "applies")},
        check=crash,  # pyright: ignore[reportArgumentType]
    )
    (found,) = judge(Stack(resources=CASES[rule.id].satisfied[0]), [broken], Exemptions())
    assert (found.verdict, found.blocks) == (Verdict.VIOLATED, True)
    assert list(found.messages(Verdict.VIOLATED)) == ["the rule itself failed: KeyError"]


@pytest.mark.requirement("POL-14", part="advisory in dev, mandatory in staging and prod")
@pytest.mark.parametrize(
    ("stack", "blocks"), [("dev", False), ("development", False), ("staging", True), ("prod", True), ("production", True)]
)
def test_what_keeps_no_copies_is_advised_against_in_dev_and_refused_elsewhere(stack: str, blocks: bool) -> None:
    found = judged(BY_ID["stateful-backed-up"], [resource("aws:dynamodb/table:Table", {}, stack=stack)])
    assert found.verdict is Verdict.VIOLATED
    assert found.blocks is blocks


@pytest.mark.requirement("POL-02", part="advisory in dev and staging, mandatory in prod")
@pytest.mark.requirement("POL-18", part="enforcement level by stack")
@pytest.mark.parametrize(
    ("stack", "blocks"), [("dev", False), ("development", False), ("staging", False), ("prod", True), ("production", True)]
)
def test_the_naming_rule_advises_where_nobody_depends_on_names_and_blocks_in_prod(stack: str, blocks: bool) -> None:
    case = [resource("aws:s3/bucket:Bucket", {"bucket": "uploads"}, stack=stack)]
    found = judged(BY_ID["name-by-convention"], case)
    assert found.verdict is Verdict.VIOLATED
    assert found.blocks is blocks


# The same rules through CrossGuard


def wire(value: object) -> object:
    """A value as the engine sends it: unknown ones are texts of its own, numbers are floats."""
    if isinstance(value, Mark):
        return UNKNOWN_STRING_VALUE if value is UNKNOWN else "[secret]"
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def on_the_wire(found: Resource) -> PolicyResource:
    options = PolicyResourceOptions(False, [], None, [], None, [], None)  # pyright: ignore[reportArgumentType]
    return PolicyResource(
        found.type,
        unknown_checking_proxy(with_leaves(plain(found.props), wire)),
        found.urn,
        name_of(found.urn),
        options,
        PolicyProviderResource(
            "pulumi:providers:aws",
            unknown_checking_proxy(with_leaves(plain(found.provider), wire)),
            "urn:pulumi:prod::plinth::pulumi:providers:aws::aws",
            "aws",
        ),
        None,
        [],
        {},
    )


def plain(value: object) -> object:
    """Lists for tuples, since JSON knows no tuples."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return value


def reported(registered: list[Policy], case: Case) -> dict[str, list[str]]:
    """What each policy that was registered says of a stack, by the policy's name."""
    elsewhere = {urn for found in case for urns in found.references.values() for urn in urns}
    sent = {urn: on_the_wire(Resource(urn=urn, props={})) for urn in sorted(elsewhere)}
    sent |= {found.urn: on_the_wire(found) for found in case}
    for found in case:
        sent[found.urn].property_dependencies = {key: [sent[urn] for urn in urns] for key, urns in found.references.items()}
    said: dict[str, list[str]] = {}
    for policy in registered:
        messages: list[str] = []

        def report(message: str, urn: str | None = None, messages: list[str] = messages) -> None:
            if urn in (None, case[0].urn):
                messages.append(message)

        if isinstance(policy, ResourceValidationPolicy) and policy.has_validation():
            one = sent[case[0].urn]
            args = ResourceValidationArgs(one.resource_type, one.props, one.urn, one.name, one.opts, one.provider)
            policy.validate(args, report)  # pyright: ignore[reportUnknownMemberType]
        elif isinstance(policy, StackValidationPolicy):
            policy.validate(StackValidationArgs(list(sent.values())), report)  # pyright: ignore[reportUnknownMemberType]
        said[policy.name] = messages
    return said


@pytest.mark.requirement("POL-18", part="the same rules in preview and up")
@EVERY_RULE
def test_crossguard_reports_what_the_rule_finds_and_nothing_else(rule: Rule) -> None:
    registered = policies([rule], Exemptions())
    suffix = "-across-the-stack" if rule.across else ""
    cases = CASES[rule.id]
    for verdict in (Verdict.SATISFIED, Verdict.VIOLATED, Verdict.UNDECIDED):
        for case in getattr(cases, verdict):
            if not rule.across and any(found.references for found in case):
                continue  # the engine tells no references of a single resource
            said = reported(registered, case)
            names = {name for name, messages in said.items() if messages}
            doubts = {f"undecided{suffix}"} if verdict is Verdict.UNDECIDED else set[str]()
            assert names - {f"undecided{suffix}"} == ({f"rules{suffix}"} if verdict is Verdict.VIOLATED else set()), case
            assert names >= doubts
            assert all(message.startswith(f"[{rule.id}] ") for messages in said.values() for message in messages)


def test_what_the_provider_will_fill_in_is_not_taken_for_something_that_the_program_asked_for() -> None:
    rule = BY_ID["endpoint-policy-bounded"]
    said = reported(policies([rule], Exemptions()), [resource("aws:ec2/vpcEndpoint:VpcEndpoint", {"policy": UNKNOWN})])
    assert {name for name, messages in said.items() if messages} == {"rules-across-the-stack"}


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_registers_few_policies_with_the_levels_that_their_names_say(pack: str) -> None:
    registered = policies(PACKS[pack], Exemptions(), missing_tags)
    levels = {policy.name: policy.enforcement_level for policy in registered}
    assert len(registered) <= 7
    assert levels.pop("remedy") is EnforcementLevel.REMEDIATE
    assert {name: level for name, level in levels.items() if level is EnforcementLevel.MANDATORY} == {
        name: level for name, level in levels.items() if name.startswith("rules")
    }


@pytest.mark.requirement("POL-01", part="remediation")
def test_the_remedy_adds_the_tags_that_a_urn_tells_and_touches_nothing_else() -> None:
    (remedy, *_) = policies(PACKS["tagging"], Exemptions(), missing_tags)
    assert isinstance(remedy, ResourceValidationPolicy)
    one = on_the_wire(tagged(tags={"owner": "me", "Name": UNKNOWN}, bucket=UNKNOWN)[0])
    args = ResourceValidationArgs(one.resource_type, one.props, one.urn, one.name, one.opts, one.provider)
    changed = remedy.remediate(args)
    assert changed == {
        "bucket": UNKNOWN_STRING_VALUE,
        "tags": {"owner": "me", "Name": UNKNOWN_STRING_VALUE, "project": "plinth", "environment": "prod", "managed-by": "pulumi"},
    }


@pytest.mark.parametrize(
    "case",
    [by_default(TAGS), tagged(tags=UNKNOWN), [resource("aws:ec2/route:Route", {})]],
    ids=["complete", "unknown", "untaggable"],
)
def test_the_remedy_leaves_alone_what_is_complete_unknown_or_takes_no_tags(case: Case) -> None:
    assert missing_tags(case[0]) == {}
