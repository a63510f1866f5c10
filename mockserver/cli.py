"""The ``bodydouble`` command: subcommands are loaded when they are used, so that each starts quickly."""

from collections.abc import Mapping
from importlib import import_module

import click

from .collecting import staying

COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "demo": ("demo", "demo", "Watch one job succeed and one fail, and get a playable file."),
    "serve": ("serve", "serve", "Play an API from its contract until you stop it."),
    "scenarios": ("scenarios", "scenarios", "List what can happen to a job."),
    "contract": ("contract", "contract", "Show, lint, export or import what is played."),
    "drift": ("drift", "drift", "Tell what changed upstream, and whom it breaks."),
    "proxy": ("proxy", "proxy", "Stand in front of a real API: check and record what passes."),
    "learn": ("learn", "learn_command", "Turn recordings into scenarios."),
    "verify": ("verify", "verify", "Hold a server against the contract."),
    "generate": ("generate", "generate", "Submit a job, wait for it and save its result."),
    "job": ("job", "job", "Wait for, show or download a job that exists already."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - same
        """Return the command called ``cmd_name``, or None."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        with staying():
            command: click.Command = getattr(import_module(f".commands.{module}", __package__), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - same
        """List the commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, _, summary) in COMMANDS.items()])


def _print_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's
    if value:
        # Reading the installation's metadata costs a twentieth of a start, for the sake of this option alone.
        from importlib.metadata import version  # noqa: PLC0415

        click.echo(f"bodydouble {version('bodydouble')}")
        ctx.exit()


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Print the version.",
)
def main() -> None:
    """A test double for job APIs: submit, wait and poll, without the network, a key or a bill.

    \b
      bodydouble demo                  see it work
      bodydouble serve                 play the bundled API on http://127.0.0.1:8000
      bodydouble serve --speed 60      a minute passes in a second
      bodydouble generate "a boat"     be its client

    Exit codes: 0 done, 1 it went wrong and the message says how, 2 the command was not understood; generate and job
    have more, see their --help.
    """
