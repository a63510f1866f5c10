"""Did you mean: the names closest to one that is not known."""

from collections.abc import Iterable

MAX_LENGTH = 200


def nearest(name: str, known: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Return up to ``count`` of ``known`` that resemble ``name``, the likeliest first.

    Names longer than 200 characters are cut before they are compared: the work is quadratic in their length
    and they come from outside.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - only mistakes need it, every start would pay for it

    return tuple(get_close_matches(name[:MAX_LENGTH], list(known), n=count, cutoff=0.5))


def ranked(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return all of ``known``, the likeliest first; equals keep their order."""
    from difflib import SequenceMatcher  # noqa: PLC0415 - as above

    matcher = SequenceMatcher(b=name[:MAX_LENGTH], autojunk=False)

    def likeness(candidate: str) -> float:
        matcher.set_seq1(candidate)
        return matcher.ratio()

    return tuple(sorted(known, key=likeness, reverse=True))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``"did you mean 'a' or 'b'?"``, or ``""`` where nothing comes close."""
    close = [f"'{candidate}'" for candidate in nearest(name, known)]
    return f"did you mean {' or '.join(close)}?" if close else ""
