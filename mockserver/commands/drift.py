"""``bodydouble drift``: tells what changed upstream, and whom it breaks; without a subcommand it compares."""

from collections.abc import Mapping
from importlib import import_module

import click

COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "compare": (
        "drift_compare",
        "compare",
        "Compare OLD with NEW; what drift does when no command is named.",
    ),
    "history": ("drift_history", "history", "Tell the story of published versions as a timeline."),
    "recorded": ("drift_recorded", "recorded", "Find what real replies say and the contract does not."),
    "live": ("drift_live", "live", "Ask a server, and find what it says and the contract does not."),
    "update": ("drift_update", "update", "Take a new document over, with the overlay changes that follow."),
    "rules": ("drift_rules", "rules", "List every rule with its severity."),
}
DEFAULT = "compare"


class DriftGroup(click.Group):
    """A group that compares where no subcommand is named, and imports each when it is used."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command before arguments that name none."""
        named = args[:1] and (args[0] in COMMANDS or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else [DEFAULT, *args])

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - same
        """Return the command called ``cmd_name``, or None."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f".{module}", __package__), attribute)
        return command

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write both ways to call it."""
        formatter.write_usage(ctx.command_path, "[OPTIONS] [OLD] NEW")
        formatter.write_usage(ctx.command_path, "COMMAND [ARGS]...")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the options of the comparison, then the commands, importing no other command."""
        command = self.get_command(ctx, DEFAULT)
        if command is not None:
            command.format_options(ctx, formatter)
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, _, summary) in COMMANDS.items()])


@click.group(cls=DriftGroup)
def drift() -> None:
    """Tell what changed between two versions of a contract, and whom it breaks.

    OLD and NEW are each a file, a folder, a Markdown page, an address (https://…), git:REV:PATH, or 'bundled',
    which is also OLD where only NEW is given. A file called like a command is ./history.

    \b
      bodydouble drift https://docs.example.com/model.md       the bundled contract against a page
      bodydouble drift git:main:api.json api.json              this branch against main
      bodydouble drift old/ new/ --format sarif --output drift.sarif

    Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 usage, 3 could not look: a document that cannot be
    read, or that is empty, is never "no drift".
    """
