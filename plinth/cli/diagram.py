"""`plinth diagram`: a stack as a picture."""

from pathlib import Path

import typer

from plinth.cli.project import graph_of
from plinth.diagram.drawn import drawn
from plinth.diagram.mermaid import block, mermaid
from plinth.diagram.model import Diagram
from plinth.diagram.svg import svg


def run(stack: str | None, from_file: str | None, *, as_svg: bool, as_json: bool) -> None:
    """Prints the picture: as Mermaid text, as an SVG file, or what it is made of as JSON."""
    diagram = drawn(graph_of(stack, from_file))
    if as_json:
        typer.echo(diagram.to_json())
    else:
        typer.echo(svg(diagram) if as_svg else mermaid(diagram), nl=False)


def write(folder: Path, diagram: Diagram) -> tuple[str, ...]:
    """Writes the picture to out/<stack>/diagram.md and diagram.svg below `folder`; gives the paths from there."""
    into = folder / "out" / diagram.stack
    into.mkdir(parents=True, exist_ok=True)
    texts = {
        into / "diagram.md": f"# {diagram.project}, stack {diagram.stack}\n\n{block(diagram)}",
        into / "diagram.svg": svg(diagram),
    }
    for file, text in texts.items():
        file.write_text(text)
    return tuple(file.relative_to(folder).as_posix() for file in texts)
