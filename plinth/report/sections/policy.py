"""Which rules hold, and where they do not."""

from plinth.engine.graph import Graph, name_of
from plinth.policy.verdicts import Verdicts, line_of
from plinth.report.model import Cell, Column, Figure, Finding, Findings, Kind, Rank, Section, Table, Tone
from plinth.report.subject import Part, Subject
from policy.catalogue import RULES
from policy.judge import Judgement, Verdict
from policy.rules.rule import Rule

_SEVERITIES = ("critical", "high", "medium", "low")
_SHOWN = (Verdict.VIOLATED, Verdict.UNDECIDED, Verdict.EXEMPT)
_RULES = (
    Column("rule", Kind.CODE),
    Column("severity"),
    Column("says"),
    *(Column(verdict.value, Kind.INTEGER) for verdict in (Verdict.SATISFIED, *_SHOWN)),
)


def part(subject: Subject) -> Part:
    """The verdicts in one figure, each that is not satisfied as a finding, and the rules with their verdicts counted."""
    verdicts = subject.verdicts
    findings = [_finding(found, subject.graph) for found in sorted(verdicts.judgements, key=_urgency) if found.verdict in _SHOWN]
    rules = Table(columns=_RULES, rows=[_row(rule, verdicts) for rule in RULES], empty="There is no rule.")
    held = "Every rule holds on every resource that it applies to."
    return Part(
        figures=[_figure(verdicts)],
        sections=[
            Section(key="policy", title="Policy findings", body=Findings(entries=findings, empty=held)),
            Section(key="rules", title="Rules", body=rules, rank=Rank.DETAIL),
        ],
    )


def _figure(verdicts: Verdicts) -> Figure:
    counts = verdicts.counts
    exempt = counts[Verdict.EXEMPT]
    said = {
        Verdict.SATISFIED: f"{counts[Verdict.SATISFIED]:,} pass",
        Verdict.VIOLATED: f"{counts[Verdict.VIOLATED]:,} fail",
        Verdict.UNDECIDED: f"{counts[Verdict.UNDECIDED]:,} undecided",
        Verdict.EXEMPT: f"{exempt:,} exception{'' if exempt == 1 else 's'}",
    }
    failed = counts[Verdict.VIOLATED] > 0
    value = said.pop(Verdict.VIOLATED if failed else Verdict.SATISFIED)
    tone = Tone.BAD if failed else Tone.WARN if counts[Verdict.UNDECIDED] else Tone.GOOD
    return Figure(label="Policies", value=value, note=" · ".join(said.values()), tone=tone, section="policy")


def _urgency(found: Judgement) -> tuple[bool, int, int]:
    """What blocks comes first, then by verdict, then by severity."""
    shown = _SHOWN.index(found.verdict) if found.verdict in _SHOWN else len(_SHOWN)
    return not found.blocks, shown, _SEVERITIES.index(found.rule.severity)


def _finding(found: Judgement, graph: Graph) -> Finding:
    tones = {Verdict.VIOLATED: Tone.BAD if found.blocks else Tone.WARN, Verdict.UNDECIDED: Tone.WARN}
    allowed = found.exemption if found.verdict is Verdict.EXEMPT else None
    return Finding(
        tone=tones.get(found.verdict, Tone.PLAIN),
        status=found.verdict.value,
        severity=f"{found.level}, {found.rule.severity}",
        where=" ".join(filter(None, (name_of(found.urn), line_of(found, graph)))),
        what=f"{found.rule.id}: {'; '.join(found.messages(found.verdict))}",
        fix=f"Allowed until {allowed.expires}: {allowed.reason}" if allowed else f"{found.rule.statement}. {found.rule.fix}",
    )


def _row(rule: Rule, verdicts: Verdicts) -> tuple[Cell, ...]:
    """How many resources meet the rule, and how many do not; dashes where it applies to nothing."""
    found = [judgement.verdict for judgement in verdicts.judgements if judgement.rule is rule]
    numbers = [found.count(verdict) if found else None for verdict in (Verdict.SATISFIED, *_SHOWN)]
    return rule.id, rule.severity, rule.statement, *numbers
