"""A report as the comment of a pull request, in GitHub's Markdown."""

import re
from collections.abc import Iterable, Mapping, Sequence

from plinth.diagram.text import printable
from plinth.report.fitting import Block, fitted
from plinth.report.model import Cell, Column, Facts, Finding, Findings, Kind, Picture, Rank, Report, Section, Table, Tone
from plinth.report.words import cell_text, counted, headlines, shortened

MARKER = "<!-- plinth:report -->"
"""The first line, which GitHub does not show: a workflow finds its own comment by it and updates that one."""

LIMIT = 65_536
"""How long a comment may be. GitHub refuses a longer one: "body is too long (maximum is 65536 characters)"
(github.com/danger/danger/issues/424, github.com/telia-oss/github-pr-resource/issues/259).
Counted here in bytes of UTF-8: whatever GitHub counts, it is not more than those.
"""

_ADVICE = "GitHub takes 65,536 characters; `plinth report` writes all of it to one page."
_MOST_OPEN = 12
"""What has more rows is folded."""

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>&|~^!]|[@#]|\$|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
"""What Markdown, HTML and GitHub's formulas make something of, and where GitHub would begin a mention, a reference or a link."""

_BREAK = "&#8203;"
"""A space without width. GitHub looks for mentions and references in the text that comes out, so that no escape keeps it from
finding one; it leaves alone what stands in `code` (html-pipeline's MentionFilter)."""

_WRITTEN: Mapping[str, str] = {"": _BREAK, "@": f"@{_BREAK}", "#": f"#{_BREAK}", "$": "<span>$</span>"}
"""The others of `_SPECIAL` become references to their numbers. The span is what GitHub advises ("Writing mathematical
expressions": to display a dollar sign as a character)."""

_SIGNS: Mapping[Tone, str] = {Tone.PLAIN: "⚪", Tone.GOOD: "🟢", Tone.WARN: "🟡", Tone.BAD: "🔴"}


def markdown(report: Report) -> str:
    """The comment: the headline figures, then what changes in any stack, then findings, then summaries. Never over `LIMIT`."""
    found = [(stack.stack, section) for stack in report.stacks for section in stack.sections if _is_shown(section)]
    ordered = sorted(found, key=lambda pair: _urgency(pair[1]))
    head = "\n".join(
        [MARKER, f"## {_text(report.title)}", "", _paragraph(report.lead), "", *_table_head(headlines(report).columns)]
    )
    blocks = [Block(name="stacks", before=head, rows=_table_rows(headlines(report)))]
    if report.notes:
        blocks.append(Block(name="notes", before="", rows=[f"- {_SIGNS[Tone.WARN]} {_text(note)}" for note in report.notes]))
    return fitted([*blocks, *(_block(stack, section) for stack, section in ordered)], LIMIT, _ADVICE)


def _is_shown(section: Section) -> bool:
    return section.rank is not Rank.DETAIL and not isinstance(section.body, Picture)


def _urgency(section: Section) -> tuple[bool, bool]:
    """Orders what changes before what is to be looked at before the rest."""
    found = isinstance(section.body, Findings) and len(section.body.entries) > 0
    return section.rank is not Rank.DELTA, not found


def _block(stack: str, section: Section) -> Block:
    """Deltas and findings stand under a heading; a summary is folded, and so is everything long."""
    name = f"{_text(stack)}: {_text(section.title)}"
    head, rows, empty = _body(section)
    lead = [_paragraph(section.lead), ""] if section.lead else []
    if not rows:
        return Block(name=name, before="\n".join([f"**{name}**: {_text(empty)}", "", *lead]))
    title = [f"### {name}", ""]
    is_open = not all(_urgency(section))
    if is_open and len(rows) <= _MOST_OPEN:
        return Block(name=name, before="\n".join([*title, *lead, *head]), rows=rows)
    fold = ["<details>", f"<summary><b>{name}</b>, {counted(len(rows), 'row')}</summary>", ""]
    before = [*title, *lead, *fold, *head] if is_open else [*fold, *lead, *head]
    return Block(name=name, before="\n".join(before), rows=rows, after="\n</details>\n")


def _body(section: Section) -> tuple[Sequence[str], Sequence[str], str]:
    """The lines before the rows, the rows, and what is said where there is none."""
    match section.body:
        case Table() as table:
            return _table_head(table.columns), _table_rows(table), table.empty
        case Facts(entries=entries):
            facts = Table(columns=[Column(""), Column("")], rows=list(entries.items()))
            return _table_head(facts.columns), _table_rows(facts), facts.empty
        case Findings(entries=entries, empty=empty):
            return [], [_finding(finding) for finding in entries], empty
        case Picture():
            return [], [], ""


def _table_head(columns: Sequence[Column]) -> Sequence[str]:
    titles = (_text(shortened(column.title)) for column in columns)
    return [_row(titles), _row("---:" if column.kind.numeric else "---" for column in columns)]


def _table_rows(table: Table) -> Sequence[str]:
    return [_row(map(_cell, row, table.columns)) for row in table.rows]


def _cell(cell: Cell, column: Column) -> str:
    text = shortened(cell_text(cell, column))
    return _code(text) if column.kind is Kind.CODE and cell is not None else _text(text)


def _finding(found: Finding) -> str:
    head = f"- {_SIGNS[found.tone]} **{_text(found.status)}**, {_text(found.severity)}: {_code(found.where)}"
    return "<br>".join([head, _text(found.what), _text(found.fix)])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """Something to copy. What cannot stand between backticks, in a table least of all, is text."""
    plain = printable(text)
    return f"`{plain}`" if plain and not set(plain) & set("`|\\") else _text(text)


def _paragraph(text: str) -> str:
    """`text` at the beginning of a line, where a number or a dash would begin a list."""
    return f"{_BREAK}{_text(text)}" if re.match(r"\s*[-+=\d]", text) else _text(text)


def _text(text: str) -> str:
    """`text` on one line, as it reads, whatever is in it."""
    return _SPECIAL.sub(lambda found: _WRITTEN.get(found[0], f"&#{ord(found[0] or ' ')};"), printable(text))
