"""The command line `plinth`: a module a subcommand, each imported when it is called.

This one imports nothing, since every process that a command starts imports it again.
"""


def main() -> None:
    """Runs the command line; see `app`."""
    from plinth.cli.app import run

    run()
