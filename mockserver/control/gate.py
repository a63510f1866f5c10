"""The gate: who may control a double.

A double that only its own machine can reach asks nobody for a token. Still a page from elsewhere could reach it through
a browser on that machine: with a form or a script, which names the page in ``Origin``, or by a name that is made to
point here (DNS rebinding), which stands in ``Host``. So both must be loopback, too; and what a proxy has passed on
(RFC 7239) comes from who knows where. A token, once there is one, is always asked for and settles everything.
"""

import re
from hmac import compare_digest
from ipaddress import IPv4Address, IPv6Address, ip_address

from bodydouble.mockserver.http.messages import Request
from bodydouble.mockserver.judging import Refused
from bodydouble.mockserver.problems import Problem

TOKEN = b"x-double-token"
FORWARDED = (b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"via")
"""Headers by which proxies say that a request is not theirs."""

_PLACE = r"(?:(?P<name>[A-Za-z0-9._-]{1,253})|\[(?P<address>[0-9A-Fa-f:.]{2,45})\])(?::[0-9]{1,5})?"
_HOST = re.compile(_PLACE)
_ORIGIN = re.compile(f"https?://{_PLACE}")
_HINT = "start the double with a control token (serve --control-token) and send it"


def admit(request: Request, token: str | None) -> None:
    """Let a request pass that may control the double.

    Args:
        request: As received.
        token: What has to come with it, or None where being here is enough.

    Raises:
        Refused: 401 without the token; 403 where there is none and the request is not from here.
    """
    if token is not None:
        if not carries(request, token):
            raise Refused(
                Problem(
                    401,
                    "Control needs the token that this server was started with: expected 'Authorization: Bearer TOKEN' "
                    "or 'X-Double-Token: TOKEN'",
                    headers=((b"www-authenticate", b'Bearer realm="control"'),),
                )
            )
        return
    stranger = _strange(request)
    if stranger:
        raise Refused(Problem(403, f"Only this machine controls this double, and {stranger}; {_HINT}"))


def carries(request: Request, token: str) -> bool:
    """Return whether a request carries ``token``; compared in constant time."""
    own = request.headers.get(TOKEN, b"")
    scheme, _, rest = request.headers.get(b"authorization", b"").partition(b" ")
    bearer = rest.strip(b" ") if scheme.lower() == b"bearer" else b""
    expected = token.encode()
    return compare_digest(own, expected) | compare_digest(bearer, expected)


def _strange(request: Request) -> str:
    """Return why a request may not be from this machine, or ``""``."""
    address = _address((request.server or ("", None))[0])
    if address is not None and not _loops_back(address):
        return "the request came in at an address that others can reach"
    if any(name in request.headers for name in FORWARDED):
        return "a proxy has passed the request on"
    host = request.headers.get(b"host", b"").decode("latin-1")
    # Without a network there is no name that could point anywhere: any will do.
    if address is not None and host and not is_loopback(_name_in(host, _HOST)):
        return f"the Host header names {host[:100]!r}, expected localhost or a loopback address"
    origin = request.headers.get(b"origin")
    if (
        address is not None
        and origin is not None
        and not is_loopback(_name_in(origin.decode("latin-1"), _ORIGIN))
    ):
        return f"the request comes from a page of {origin.decode('latin-1')[:100]!r}"
    return ""


def _name_in(text: str, form: re.Pattern[str]) -> str:
    """Return the host in a header's value, or ``""`` where it is anything else."""
    found = form.fullmatch(text)
    return (found["address"] or found["name"]) if found else ""


def is_loopback(host: str) -> bool:
    """Return whether ``host``, a name or an address, can only mean this machine (RFC 6761 section 6.3, RFC 5735)."""
    name = host.lower().removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = _address(host)
    return address is not None and _loops_back(address)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _loops_back(address: IPv4Address | IPv6Address) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
