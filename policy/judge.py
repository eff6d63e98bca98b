"""Puts rules to resources: a verdict for each rule on each resource that it applies to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from policy.exceptions import Exemption
from policy.rules.rule import Finding, Level, Rule, violated
from policy.rules.view import Resource, Stack


class Verdict(StrEnum):
    """What a rule says of a resource."""

    VIOLATED = "violated"
    SATISFIED = "satisfied"
    UNDECIDED = "undecided"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One rule on one resource. `findings` says where it does not hold and where that cannot be told.

    `exemption` is there where the rule is violated and policy/exceptions.yaml allows it.
    """

    rule: Rule
    urn: str
    level: Level
    findings: tuple[Finding, ...]
    exemption: Exemption | None = None

    @property
    def verdict(self) -> Verdict:
        """A violation found counts, whatever else cannot be told."""
        if any(finding.decided for finding in self.findings):
            return Verdict.EXEMPT if self.exemption else Verdict.VIOLATED
        return Verdict.UNDECIDED if self.findings else Verdict.SATISFIED

    @property
    def blocks(self) -> bool:
        """Whether a deployment must not go on."""
        return self.verdict is Verdict.VIOLATED and self.level == "mandatory"

    def messages(self, verdict: Verdict) -> Iterator[str]:
        """A line for each finding that led to `verdict`: the place and what is wrong there. It shows no value."""
        for finding in self.findings:
            if finding.decided != (verdict is Verdict.UNDECIDED):
                yield f"{finding.at} {finding.detail}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemptions:
    """What policy/exceptions.yaml allows, by rule and URN."""

    by_place: Mapping[tuple[str, str], Exemption] = field(default_factory=dict[tuple[str, str], Exemption])

    @staticmethod
    def of(exemptions: Iterable[Exemption]) -> "Exemptions":
        """Those of `exemptions` that count: the ones that have not expired."""
        return Exemptions(by_place={(found.rule, found.urn): found for found in exemptions if not found.expired})


def judge(stack: Stack, rules: Sequence[Rule], exemptions: Exemptions) -> Iterator[Judgement]:
    """A judgement for each of `rules` on each resource of `stack` that it applies to. A rule that crashes is a violation."""
    for resource in stack.resources:
        for rule in applicable(tuple(rules), resource.type):
            yield judgement(rule, resource, stack, exemptions)


@lru_cache(maxsize=4096)
def applicable(rules: tuple[Rule, ...], token: str) -> tuple[Rule, ...]:
    """The rules that apply to resources of the type `token`."""
    return tuple(rule for rule in rules if rule.applies(token))


def judgement(rule: Rule, resource: Resource, stack: Stack, exemptions: Exemptions) -> Judgement:
    """What `rule` says of `resource`."""
    return Judgement(
        rule=rule,
        urn=resource.urn,
        level=rule.level(resource.stack),
        findings=_findings(rule, resource, stack),
        exemption=exemptions.by_place.get((rule.id, resource.urn)),
    )


def _findings(rule: Rule, resource: Resource, stack: Stack) -> tuple[Finding, ...]:
    try:
        return tuple(rule.check(resource, stack))
    except Exception as error:  # a rule that fails open is worse than none
        return (violated("", f"the rule itself failed: {type(error).__name__}"),)
