"""What a change does: to resources, to data, to rights."""

from collections.abc import Iterator

from plinth.changes.model import Change, Changes, Kind
from plinth.changes.paths import written
from plinth.changes.report import side
from plinth.changes.rights import Delta, rights_delta
from plinth.engine.graph import name_of
from plinth.report import model
from plinth.report.model import Cell, Column, Figure, Finding, Findings, Rank, Section, Table, Tone
from plinth.report.subject import Part, Subject

_SHOWN = (Kind.REPLACE, Kind.DELETE, Kind.CREATE, Kind.UPDATE, Kind.MOVE, Kind.READ, Kind.UNREAD)
_CHANGES = (
    Column("what"),
    Column("resource", model.Kind.CODE),
    Column("type", model.Kind.CODE),
    Column("properties", model.Kind.CODE),
    Column("because"),
    Column("asked for by", model.Kind.CODE),
)
_RIGHTS = (
    Column("rights"),
    Column("who", model.Kind.CODE),
    Column("may"),
    Column("on", model.Kind.CODE),
    Column("only if"),
)


def part(subject: Subject) -> Part:
    """What is created, updated, replaced, deleted and moved; what is lost by it; who gains and loses which rights.

    Nothing where the stack was compared with nothing.
    """
    found = subject.changes
    if found is None:
        return Part()
    return Part(figures=[_figure(found)], sections=[*_losses(found), _changed(found), _rights(found)])


def _figure(found: Changes) -> Figure:
    counts = {kind: found.counts[kind] for kind in _SHOWN}
    said = " · ".join(f"{count:,} {kind}" for kind, count in counts.items() if count)
    tone = Tone.BAD if found.failed else Tone.WARN if counts[Kind.REPLACE] or counts[Kind.DELETE] else Tone.PLAIN
    return Figure(label="Changes", value=f"{sum(counts.values()):,}", note=said or "nothing", tone=tone, section="changes")


def _losses(found: Changes) -> Iterator[Section]:
    entries = [_loss(found, change) for change in found.failing]
    if entries:
        yield Section(key="losses", title="Data at stake", body=Findings(entries=entries, empty=""), rank=Rank.DELTA)


def _loss(found: Changes, change: Change) -> Finding:
    held = change.loses or "what it holds"
    refused = "It is protected: the engine refuses." if change.is_refused else ""
    return Finding(
        tone=Tone.BAD,
        status=str(change.kind),
        severity="data",
        where=" ".join(filter(None, (change.resource.name, side(found, change).asked_by(change.resource)))),
        what=f"{held} is lost, or not where the program looks for it. {refused}".strip(),
        fix="docs/CHANGES.md says how data is kept.",
    )


def _changed(found: Changes) -> Section:
    rows = [_row(found, change) for kind in _SHOWN for change in found.of(kind)]
    lead = f"Not known what replaces: {', '.join(found.unjudged)}." if found.unjudged else ""
    return Section(
        key="changes",
        title="Changes",
        lead=lead,
        body=Table(columns=_CHANGES, rows=rows, empty="Nothing changes."),
        rank=Rank.DELTA,
    )


def _row(found: Changes, change: Change) -> tuple[Cell, ...]:
    graph, resource = side(found, change), change.resource
    telling = change.forcing or change.properties
    because = f"{', '.join(map(name_of, change.because))} is replaced" if change.because else None
    return (
        str(change.kind),
        resource.name,
        resource.type,
        ", ".join(written(one.path) for one in telling) or None,
        because,
        graph.asked_by(resource) or None,
    )


def _rights(found: Changes) -> Section:
    delta = rights_delta(found)
    rows = [_right(word, one) for word, each in (("gained", delta.gained), ("lost", delta.lost)) for one in each]
    body = Table(columns=_RIGHTS, rows=rows, empty="Nobody may do more or less.")
    return Section(key="rights-delta", title="Rights gained and lost", body=body, rank=Rank.DELTA)


def _right(word: str, delta: Delta) -> tuple[Cell, ...]:
    actions = "take" if delta.holds == "trust" else ", ".join(delta.actions)
    return word, delta.principal, actions, ", ".join(delta.targets), ", ".join(delta.conditions) or None
