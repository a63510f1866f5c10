"""From exchanges to recordings: which job each belongs to, what is kept of it, and under which names."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field

from bodydouble.contracts.checks.exchanges import Exchange
from bodydouble.contracts.checks.matching import Match, Role, told_ids, told_status
from bodydouble.contracts.jobs.stages import Stage
from bodydouble.mockserver.journals.digests import Secrets

from .pseudonyms import JOB, Pseudonyms
from .recordings import Asked, Misc, Recording, Said, Turn, render, render_misc
from .scribe import Scribe
from .seen_keys import SeenKeys

MAX_JOBS = 10_000
"""Jobs that are remembered; the one that was longest unheard of is forgotten first."""
MAX_TURNS = 5_000
"""Turns after which a job's recording takes only what is new."""
MAX_MISC = 500
"""Exchanges of no job that are kept; the oldest leave."""
MAX_MISC_BODY = 16 * 1024
MISC = ""
"""Key of the exchanges that belong to no job."""


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is to be written.

    Attributes:
        key: What it is about: a job's real id, or :data:`MISC`. It is not to be shown.
        content: All that it holds.
    """

    key: str
    content: Recording | Misc

    @property
    def text(self) -> str:
        """The file's text; made when it is written, since a later change of the same file makes it needless."""
        return render(self.content) if isinstance(self.content, Recording) else render_misc(self.content)


@dataclass(slots=True)
class _Life:
    """One job's recording in the making."""

    scribe: Scribe
    recording: Recording
    start: float
    latest: dict[tuple[int, str], Said] = field(default_factory=dict)


class Recorder:
    """Turns what passes by into recordings.

    Args:
        upstream: The server's origin, as recordings name it.
        salt: Random bytes, 16 or more.
        keep: ``ids`` and ``prompts`` that are to stay as they are.
    """

    def __init__(self, upstream: str, salt: bytes, keep: frozenset[str] = frozenset()) -> None:
        self._upstream = upstream
        self._salt = salt
        self._keep = keep
        self._keys = SeenKeys()
        self._lives: OrderedDict[str, _Life] = OrderedDict()
        self._misc: deque[tuple[Asked, Turn]] = deque(maxlen=MAX_MISC)
        self._misc_scribe = Scribe(Pseudonyms(keep), Secrets(salt))
        self._misc_seen = 0
        self._misc_start: float | None = None

    def saw(self, exchange: Exchange, match: Match | None) -> Change:
        """Take an exchange in; return the file that it changes."""
        self._keys.learn(exchange)
        job_id = job_of(exchange, match)
        life = self._lives.get(job_id)
        new = bool(job_id) and exchange.succeeded
        if match is None or not (life or new) or (life and match.role is Role.SUBMIT):
            return self._aside(exchange)
        if life is None:
            life = self._begin(job_id, exchange, match)
        self._lives.move_to_end(job_id)
        self._turn(life, exchange, match)
        return Change(job_id, life.recording)

    @property
    def _secrets(self) -> Secrets:
        return Secrets(self._salt, self._keys.keys)

    def _begin(self, job_id: str, exchange: Exchange, match: Match) -> _Life:
        names = Pseudonyms(self._keep)
        for told in told_ids(match.shape, exchange.reply.json_or_none()) if match.shape else ():
            names.add_job(told)
        names.add_job(job_id)
        name = job_id if "ids" in self._keep else JOB
        scribe = Scribe(names, self._secrets)
        asked = _asked(exchange, scribe) if match.role is Role.SUBMIT else None
        self._misc_scribe.names.learn(names)
        recording = Recording(name, _model(exchange, match), self._upstream, request=asked)
        self._lives[job_id] = life = _Life(scribe, recording, exchange.started)
        if len(self._lives) > MAX_JOBS:
            self._lives.popitem(last=False)
        return life

    def _turn(self, life: _Life, exchange: Exchange, match: Match) -> None:
        life.scribe.secrets = self._secrets
        turn = _turn(exchange, match, life.scribe, life.start)
        key = (turn.code, turn.status)
        same = turn.said is not None and key in life.latest and _alike(life.latest[key], turn.said)
        if same and len(life.recording.turns) >= MAX_TURNS:
            return
        if turn.said is not None:
            life.latest[key] = turn.said
        kept = Turn(
            turn.asked, turn.at, turn.took, turn.code, turn.status, None if same else turn.said, turn.trouble
        )
        before = life.recording
        life.recording = Recording(
            before.job,
            before.model,
            before.upstream,
            {**before.stages, **_stage(match, turn.status)},
            before.request,
            (*before.turns, kept),
        )

    def _aside(self, exchange: Exchange) -> Change:
        self._misc_scribe.secrets = self._secrets
        if self._misc_start is None:
            self._misc_start = exchange.started
        asked = _asked(exchange, self._misc_scribe, MAX_MISC_BODY)
        self._misc.append((asked, _turn(exchange, None, self._misc_scribe, self._misc_start, MAX_MISC_BODY)))
        self._misc_seen += 1
        return Change(MISC, Misc(tuple(self._misc), self._misc_seen - len(self._misc)))


def job_of(exchange: Exchange, match: Match | None) -> str:
    """Return the id of the job that an exchange is about, ``""`` if it is about none."""
    if match is None or match.shape is None:
        return ""
    if match.role is Role.POLL:
        return match.asked_id
    told = told_ids(match.shape, exchange.reply.json_or_none()) if exchange.succeeded else ()
    return next(iter(told), "")


def _model(exchange: Exchange, match: Match) -> str:
    body = exchange.request.json_or_none()
    name = match.pattern.model if match.pattern else ""
    model = body.get(name or "model") if isinstance(body, dict) else None
    return model if isinstance(model, str) else ""


def _stage(match: Match, status: str) -> dict[str, Stage]:
    promises = match.shape.promises if match.shape else ()
    return {promise.status: promise.stage for promise in promises if promise.status == status}


def _asked(exchange: Exchange, scribe: Scribe, limit: int = 0) -> Asked:
    said = scribe.said(exchange.request, limit, asking=True)
    return Asked(exchange.method, scribe.text(exchange.path), scribe.query(exchange.query), said)


def _turn(exchange: Exchange, match: Match | None, scribe: Scribe, start: float, limit: int = 0) -> Turn:
    body = exchange.reply.json_or_none() if exchange.succeeded else None
    status = told_status(match.shape, body) if match and match.shape else None
    return Turn(
        asked="create" if match and match.role is Role.SUBMIT else "poll",
        at=exchange.started - start,
        took=exchange.ended - exchange.started,
        code=exchange.status,
        status=status or "",
        said=scribe.said(exchange.reply, limit, asking=False) if exchange.status else None,
        trouble=scribe.text(exchange.trouble),
    )


def _alike(one: Said, other: Said) -> bool:
    """Headers such as counters of a rate limit differ from reply to reply and are no news."""
    return one.body == other.body and one.omitted == other.omitted
