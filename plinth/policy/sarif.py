"""Verdicts as SARIF 2.1.0, which code hosts show beside the lines of a pull request (OASIS standard of 2020-03-27)."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from plinth.engine.graph import Graph, name_of
from plinth.policy.verdicts import Report, line_of
from policy.judge import Judgement, Verdict
from policy.rules.rule import Rule, Severity

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SECURITY_SEVERITY: dict[Severity, str] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
"""How GitHub ranks a finding ("SARIF support for code scanning": over 9.0 critical, 7.0 high, 4.0 medium)."""


def to_sarif(found: Report, rules: Sequence[Rule]) -> dict[str, Any]:
    """One run: all `rules`, and a result for each finding that is violated, exempt or undecided."""
    order = {rule.id: index for index, rule in enumerate(rules)}
    results = [
        _result(judgement, stack.graph, order)
        for stack in found.stacks
        for judgement in stack.judgements
        if judgement.verdict is not Verdict.SATISFIED
    ]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "plinth", "version": version("plinth"), "rules": [_rule(rule) for rule in rules]}},
                "results": results,
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.statement},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.fix},
        "properties": {"security-severity": _SECURITY_SEVERITY[rule.severity], "tags": list(rule.sources)},
    }


def _result(found: Judgement, graph: Graph, order: dict[str, int]) -> dict[str, Any]:
    file, _, line = line_of(found, graph).partition(":")
    place = {"artifactLocation": {"uri": file or f"Pulumi.{graph.stack}.yaml"}, "region": {"startLine": int(line or 1)}}
    result: dict[str, Any] = {
        "ruleId": found.rule.id,
        "ruleIndex": order[found.rule.id],
        "kind": "review" if found.verdict is Verdict.UNDECIDED else "fail",
        "level": _level(found),
        "message": {"text": f"{graph.stack}: {name_of(found.urn)}: {'; '.join(found.messages(found.verdict))}. {found.rule.fix}"},
        "locations": [{"physicalLocation": place, "logicalLocations": [{"fullyQualifiedName": found.urn}]}],
        "partialFingerprints": {"ruleAndUrn/v1": f"{found.rule.id}:{found.urn}"},
    }
    if found.exemption:
        result["suppressions"] = [{"kind": "external", "justification": found.exemption.reason}]
    return result


def _level(found: Judgement) -> str:
    """SARIF wants `none` for whatever is no failure."""
    if found.verdict is Verdict.UNDECIDED:
        return "none"
    return "error" if found.level == "mandatory" else "warning"
