"""A saved failure, repeated: the same steps against any server, judged by the same rules."""

from dataclasses import dataclass, replace

from bodydouble.contracts.findings import Finding

from .asking import Meant
from .failures import Saved
from .lives import Life
from .player import Player
from .steps import Deed, Step
from .stopping import Stopped


@dataclass(frozen=True, slots=True)
class Repeated:
    """What came of it.

    Attributes:
        again: Findings of the rule that was broken then.
        others: Other findings.
        stopped: Why not every step was played; ``""`` if all were.
    """

    again: tuple[Finding, ...]
    others: tuple[Finding, ...]
    stopped: str = ""


def repeat(saved: Saved, player: Player, *, to_the_end: bool = True) -> Repeated:
    """Play the steps of a saved failure.

    Args:
        saved: The failure.
        player: What plays the steps, and has found nothing yet.
        to_the_end: Whether a job that is slower than it was then is waited for.
    """
    stopped = ""
    try:
        life = _play(saved.steps, player)
        if to_the_end and life is not None and life.open and saved.steps[-1].deed is not Deed.CREATE:
            player.drain([life])
            _follow(saved.steps[-1].deed, life, player)
    except Stopped as reason:
        stopped = str(reason)
    found = [failure.finding for failure in player.ledger]
    again = tuple(finding for finding in found if finding.rule == saved.rule)
    return Repeated(again, tuple(finding for finding in found if finding.rule != saved.rule), stopped)


def _play(steps: tuple[Step, ...], player: Player) -> Life | None:
    life: Life | None = None
    for step in steps:
        player.sender.pause(step.after)
        match step.deed, step.asked:
            case Deed.CREATE, asked if asked is not None:
                life = player.submit(asked) or life
            case Deed.ASK, asked if asked is not None:
                player.submit(asked) if asked.meant is Meant.CREATE else player.ask(asked)
            case deed, _ if life is not None:
                _follow(deed, life, player)
    return life


def _follow(deed: Deed, life: Life, player: Player) -> None:
    if deed is Deed.POLL_TWICE:
        player.poll_twice(life)
    elif deed is Deed.FETCH:
        player.fetch(life)
    else:
        player.poll(life)


def patient(saved: Saved) -> Saved:
    """Return a saved failure with pauses of at most a minute, for servers whose clock cannot be moved."""
    steps = tuple(replace(step, after=min(step.after, 60.0)) for step in saved.steps)
    return replace(saved, steps=steps)
