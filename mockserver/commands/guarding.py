"""Options of ``bodydouble serve`` for who may control it."""

import click

BYTES = 24
LOCAL = ("127.0.0.1", "::1", "localhost")
"""Hosts that only this machine can reach; the usual ones, so that a usual start need not work it out."""


def _one_word(_ctx: click.Context, _parameter: click.Parameter, token: str | None) -> str | None:
    """Any other token could not arrive in a header."""
    if token is not None and (not token.isascii() or not token.isprintable() or token.split() != [token]):
        raise click.BadParameter("a token is one word of ASCII characters.")
    return token


control_option = click.option(
    "--control-token",
    envvar="BODYDOUBLE_CONTROL_TOKEN",
    metavar="TOKEN",
    callback=_one_word,
    help="What requests below /_double must carry to control the double (Authorization: Bearer TOKEN, or "
    "X-Double-Token); may stand in BODYDOUBLE_CONTROL_TOKEN. Without one, only this machine controls; with a --host "
    "that others can reach, one is drawn and printed.",
)
"""``--control-token TOKEN``."""


def drawn_for(host: str, given: str | None) -> str | None:
    """Return a token that was drawn, where a server needs one and none was given; None where it needs none.

    Args:
        host: What it is to listen on.
        given: The token that the user named, if any.
    """
    if given is not None or host in LOCAL:
        return None
    # Few servers are open to others; deciding what counts as this machine and drawing take modules of their own.
    from secrets import token_urlsafe  # noqa: PLC0415

    from bodydouble.mockserver.control.gate import is_loopback  # noqa: PLC0415 - same

    return None if is_loopback(host) else token_urlsafe(BYTES)


def token_lines(token: str) -> str:
    """Return the lines that tell a drawn token."""
    return f"Others can reach this address. To control the double, send this token:\n  X-Double-Token: {token}\n\n"
