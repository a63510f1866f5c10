"""Replay tokens: everything that decides a run's schedule, in one word to paste.

``bd1.`` and base64url (RFC 4648 section 5) of a CRC-32 and a JSON object; a long object is compressed (RFC 1950). What
the clients do is not in it: the same requests meet the same fates, in each namespace for itself.
"""

import binascii
import zlib
from collections.abc import Sequence
from typing import Annotated

import msgspec

from bodydouble.contracts.contract import Contract
from bodydouble.mockserver.scenes.repertoire import Repertoire, UnknownScenario
from bodydouble.mockserver.scenes.scenarios import SUCCEEDS, Scenario

from .worlds import DEFAULT_MAX_JOBS, DEFAULT_URL_TTL

PREFIX = "bd1."
FAMILY = "bd"
LONG = 200
"""Bytes from which on a token is compressed."""
MOST = 1_000_000
"""Bytes that a token may hold."""
_SHOWN = 60


class TokenError(ValueError):
    """A replay token cannot be used; the message says why."""


class Run(msgspec.Struct, frozen=True):
    """What decides a run's schedule.

    Attributes:
        seed: Of the server; those of its namespaces follow from it.
        scenario: What happens to jobs that ask for nothing else.
        scenarios: The user's own that can be asked for.
        speed: Seconds that pass for jobs in one.
        url_ttl: Seconds a result's URL is good for.
        max_jobs: How many jobs a namespace keeps.
    """

    seed: int
    scenario: Scenario = SUCCEEDS
    scenarios: tuple[Scenario, ...] = ()
    speed: float = 1.0
    url_ttl: float = DEFAULT_URL_TTL
    max_jobs: int = DEFAULT_MAX_JOBS


class _Written(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A run as it stands in a token: scenarios that are shipped by name, others whole."""

    seed: str
    contract: int
    play: str = SUCCEEDS.name
    own: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    speed: float = 1.0
    ttl: float = DEFAULT_URL_TTL
    jobs: Annotated[int, msgspec.Meta(ge=1)] = DEFAULT_MAX_JOBS


def token_of(run: Run, contract: Contract) -> str:
    """Return the token of a run.

    Raises:
        Unwritable: A scenario, built in Python, cannot be written down.
    """
    listed = {scenario.name: scenario for scenario in (*run.scenarios, run.scenario)}
    shipped = Repertoire()
    own = [scenario for scenario in listed.values() if not _is_known(scenario, shipped)]
    written = _Written(
        str(run.seed),
        fingerprint(contract),
        # What is the default is left out, which is told by identity.
        SUCCEEDS.name if run.scenario.name == SUCCEEDS.name else run.scenario.name,
        _raw(own) if own else msgspec.UNSET,
        float(run.speed),
        float(run.url_ttl),
        run.max_jobs,
    )
    payload = msgspec.json.encode(written)
    packed = zlib.compress(payload, 9) if len(payload) > LONG else payload
    return PREFIX + _to_text(binascii.crc32(packed).to_bytes(4, "big") + packed)


def run_of(token: str, contract: Contract) -> Run:
    """Return the run that a token stands for.

    Raises:
        TokenError: It is no token, one of a later version, mistyped or cut off, or of another contract.
    """
    written = _read(_payload(token.strip()))
    if written.contract != fingerprint(contract):
        raise TokenError(
            "this replay token is of another contract; start with the contract that was played then"
        )
    own = _own(written.own)
    try:
        scenario = Repertoire(own).find(written.play)
        return Run(
            int(written.seed), scenario, own, _positive(written.speed), _positive(written.ttl), written.jobs
        )
    except (UnknownScenario, ValueError) as problem:
        raise TokenError(f"this replay token cannot be used: {problem}") from None


def fingerprint(contract: Contract) -> int:
    """Return a number that is nearly always another for another contract."""
    names = sorted(f"{operation.method} {operation.path}" for operation in contract.operations)
    return binascii.crc32("\n".join((contract.title, contract.version, *names)).encode())


def _is_known(scenario: Scenario, shipped: Repertoire) -> bool:
    try:
        return scenario == SUCCEEDS or shipped.find(scenario.name) == scenario
    except UnknownScenario:
        return False


def _raw(own: Sequence[Scenario]) -> msgspec.Raw:
    # Few runs have scenarios of their own; only theirs are written down whole.
    from .notes import checked, encoded  # noqa: PLC0415

    return msgspec.Raw(encoded([checked(scenario) for scenario in own]))


def _own(raw: msgspec.Raw | msgspec.UnsetType) -> tuple[Scenario, ...]:
    if isinstance(raw, msgspec.UnsetType):
        return ()
    # See above.
    from .notes import NoteError, decoded  # noqa: PLC0415

    try:
        return decoded(bytes(raw), tuple[Scenario, ...])
    except NoteError as problem:
        raise TokenError(f"this replay token cannot be used: {problem}") from None


def _payload(token: str) -> bytes:
    family, point, text = token.partition(".")
    if not point or not family.startswith(FAMILY) or not family[len(FAMILY) :].isdecimal():
        raise TokenError(
            f"'{token[:_SHOWN]}' is no replay token; expected what 'bodydouble serve' prints, {PREFIX}…"
        )
    if f"{family}." != PREFIX:
        raise TokenError(
            f"this replay token has version {family}; this bodydouble reads {PREFIX.rstrip('.')}"
        )
    try:
        raw = binascii.a2b_base64(
            text.translate(str.maketrans("-_", "+/")) + "=" * (-len(text) % 4), strict_mode=True
        )
    except ValueError:
        raw = b""
    if len(raw) <= 4 or binascii.crc32(raw[4:]) != int.from_bytes(raw[:4], "big"):  # noqa: PLR2004 - of the checksum
        raise TokenError("this replay token is mistyped or cut off: its checksum does not match")
    return raw[4:] if raw[4:5] == b"{" else _unpacked(raw[4:])


def _unpacked(packed: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        payload = unpacking.decompress(packed, MOST)
    except zlib.error as problem:
        raise TokenError(f"this replay token is damaged: {problem}") from None
    if not unpacking.eof:
        raise TokenError(f"this replay token is damaged: it ends within, or holds more than {MOST} bytes")
    return payload


def _read(payload: bytes) -> _Written:
    try:
        return msgspec.json.decode(payload, type=_Written)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise TokenError(f"this replay token is damaged: {problem}") from None


def _positive(number: float) -> float:
    if not 0 < number < float("inf"):
        raise ValueError(f"expected a number above zero, got {number}")
    return number


def _to_text(raw: bytes) -> str:
    return binascii.b2a_base64(raw, newline=False).decode().translate(str.maketrans("+/", "-_")).rstrip("=")
