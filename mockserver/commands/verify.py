"""``bodydouble verify``: holds a server, or a client, against the contract; each subcommand is loaded when used."""

from collections.abc import Mapping
from importlib import import_module

import click

SUBCOMMANDS: Mapping[str, tuple[str, str, str]] = {
    "provider": ("verify_provider", "provider", "Hold a server against the contract."),
    "consumer": ("verify_consumer", "consumer", "Hold a client against the contract."),
    "replay": ("verify_replay", "replay", "Repeat a saved failure."),
    "compare": ("verify_compare", "compare", "Ask two servers the same, and tell where they differ."),
}
EXTRA = "hypothesis"


class VerifyGroup(click.Group):
    """A group that imports a subcommand's module when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the table."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - same
        """Return the subcommand called ``cmd_name``, or None.

        Raises:
            click.ClickException: What draws requests is not installed.
        """
        if cmd_name not in SUBCOMMANDS:
            return None
        module, attribute, _ = SUBCOMMANDS[cmd_name]
        try:
            command: click.Command = getattr(import_module(f".{module}", __package__), attribute)
        except ModuleNotFoundError as missing:
            if (missing.name or "").partition(".")[0] != EXTRA:
                raise
            raise click.ClickException(str(missing)) from None
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - same
        """List the subcommands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, _, summary) in SUBCOMMANDS.items()])


@click.group(cls=VerifyGroup)
def verify() -> None:
    """Hold a server or a client against the contract, with requests and lives that are generated from it.

    \b
      bodydouble verify provider http://127.0.0.1:8000
      bodydouble verify consumer -- python my_client.py
      bodydouble verify replay bodydouble-failures/job-end-left.json
      bodydouble verify compare http://127.0.0.1:8000 https://api.example.com

    It needs the extra 'verify': pip install 'bodydouble[verify]'
    """
