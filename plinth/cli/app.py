"""The command `plinth`: its subcommands, its exit codes. What a subcommand needs is imported when it is called."""

import sys
import traceback
from typing import Annotated, Literal, Optional

import typer

app = typer.Typer(
    name="plinth",
    help="Look at a stack without an account, a login or a network.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

FINE, FAILED, BAD_INPUT, DEFECT = 0, 1, 2, 3
"""Exit codes: all is well; a verdict failed; the input is wrong; Plinth is wrong."""

StackNames = Annotated[
    Optional[list[str]],  # noqa: UP045 (typer reads the annotation)
    typer.Option("--stack", "-s", metavar="STACK", help="Only this stack; may be given more than once. Default: all."),
]
StackName = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--stack", "-s", metavar="STACK", help="The stack. Default: the first one, dev."),
]
PlanFile = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--from", metavar="FILE", help="Read what `pulumi preview --json` or `pulumi stack export` wrote."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]


@app.command()
def preview(stack: StackNames = None, json: AsJson = False) -> None:
    """Plan stacks and show what would exist."""
    _start_importing()
    from plinth.cli import preview as command

    raise typer.Exit(command.run(stack or [], as_json=json))


@app.command()
def graph(stack: StackName = None, from_file: PlanFile = None, json: AsJson = False) -> None:
    """Show every resource of a stack, as a tree."""
    if not from_file:
        _start_importing()
    from plinth.cli import graph as command

    command.run(stack, from_file, as_json=json)


@app.command()
def why(
    resource: Annotated[str, typer.Argument(metavar="URN", help="A URN, or a logical name such as network-vpc.")],
    stack: StackName = None,
    from_file: PlanFile = None,
    json: AsJson = False,
) -> None:
    """Say why a resource exists: the line and the key that ask for it, and who depends on it."""
    if not from_file:
        _start_importing()
    from plinth.cli import why as command

    command.run(resource, stack, from_file, as_json=json)


@app.command()
def explain(
    key: Annotated[str, typer.Argument(metavar="KEY", help="A key of the stack file: networking.nat")] = "",
    json: AsJson = False,
) -> None:
    """Say what a key of the stack file means, what it allows, and its value in each stack."""
    from plinth.cli import explain as command

    command.run(key, as_json=json)


@app.command()
def access(stack: StackName = None, from_file: PlanFile = None, json: AsJson = False) -> None:
    """Say who may do what in a stack, and who reaches what."""
    if not from_file:
        _start_importing()
    from plinth.cli import access as command

    command.run(stack, from_file, as_json=json)


@app.command()
def cost(stack: StackNames = None, from_file: PlanFile = None, json: AsJson = False) -> None:
    """Say what stacks cost a month; exit 1 where one is expected to exceed its ceiling."""
    if not from_file:
        _start_importing()
    from plinth.cli import cost as command

    raise typer.Exit(command.run(stack or [], from_file, as_json=json))


@app.command()
def changes(
    stack: StackNames = None,
    against: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="REVISION|FILE",
            help="What was before: a git revision, or a file as of --from. Default: HEAD, so the changes not committed yet.",
        ),
    ] = None,
    from_file: PlanFile = None,
    json: AsJson = False,
) -> None:
    """Say what is created, updated, replaced, deleted, moved; exit 1 where data would be lost."""
    if not from_file:
        _start_importing()
    from plinth.cli import changes as command

    raise typer.Exit(command.run(stack or [], against, from_file, as_json=json))


@app.command()
def diagram(
    stack: StackName = None,
    from_file: PlanFile = None,
    svg: Annotated[bool, typer.Option("--svg", help="Print a picture instead of Mermaid text.")] = False,
    json: AsJson = False,
) -> None:
    """Draw a stack, layer by layer: Mermaid text, or a picture."""
    if not from_file:
        _start_importing()
    from plinth.cli import diagram as command

    command.run(stack, from_file, as_svg=svg, as_json=json)


@app.command()
def policy(
    stack: StackNames = None,
    from_file: PlanFile = None,
    json: AsJson = False,
    sarif: Annotated[bool, typer.Option("--sarif", help="Print SARIF instead, for code hosts.")] = False,
) -> None:
    """Judge stacks by every rule; exit 1 where a mandatory one is violated."""
    if not from_file:
        _start_importing()
    from plinth.cli import policy as command

    raise typer.Exit(command.run(stack or [], from_file, as_json=json, as_sarif=sarif))


@app.command()
def timing(stack: StackNames = None, from_file: PlanFile = None, json: AsJson = False) -> None:
    """Estimate how long the first deployment takes, and what it waits for."""
    if not from_file:
        _start_importing()
    from plinth.cli import timing as command

    command.run(stack or [], from_file, as_json=json)


@app.command()
def report(
    stack: StackNames = None,
    from_file: PlanFile = None,
    against: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="REVISION|FILE", help="Say what changes: against a git revision, or a file as of --from."),
    ] = None,
    form: Annotated[
        Literal["html", "markdown", "terminal"],
        typer.Option("--format", help="A page in out/, a comment for a pull request, or text for the terminal."),
    ] = "html",
    json: AsJson = False,
) -> None:
    """Write everything about stacks to one page; exit 1 where a verdict failed."""
    if not from_file:
        _start_importing()
    from plinth.cli import report as command

    raise typer.Exit(command.run(stack or [], from_file, against, form, as_json=json))


def _start_importing() -> None:
    """Lets the process that recordings fork from import the program while this one reads the stack files."""
    from plinth.engine.workers import PROGRAM, warm_up

    warm_up(PROGRAM)


def run() -> None:
    """Runs the command line and exits with one of the codes above."""
    try:
        app()
    except Exception as error:
        sys.exit(_failed(error))


def _failed(error: Exception) -> int:
    from plinth.cli.project import UsageError
    from plinth.diagram.text import visible
    from plinth.engine.plans import PlanError
    from plinth.engine.workers import ProgramError
    from policy.exceptions import ExceptionsError
    from stack.config.faults import ConfigError

    match error:
        case ConfigError():
            found = len(error.faults)
            _say(f"{error}\n{found} fault{'s' if found > 1 else ''}; nothing was touched")
            return BAD_INPUT
        case ExceptionsError():
            _say(str(error))
            return BAD_INPUT
        case PlanError() | UsageError():
            _say(visible(str(error)))
            return BAD_INPUT
        case ProgramError():
            _say(f"{error.stack}: {error.report}")
            return BAD_INPUT if error.refused else DEFECT
        case _:
            _say(f"{traceback.format_exc()}this is a defect of Plinth, not of your input")
            return DEFECT


def _say(text: str) -> None:
    typer.echo(text, err=True)
