"""Rules about what real replies say and the contract does not."""

from .changes import Area, Direction, Impact, Rule


def _rule(name: str, impact: Impact, area: Area, text: str, *, why: str, advice: str) -> Rule:
    direction = Direction.REQUEST if name.startswith("request") else Direction.REPLY
    return Rule(
        id=f"observed-{name}",
        impact=impact,
        direction=direction,
        area=area,
        text=text,
        why=why,
        advice=advice,
    )


_SAY_SO = "Say so in an overlay, and the double does the same."
_HANDLE = "Handle what really comes, and say so in an overlay."

CODE = _rule(
    "code-undocumented",
    Impact.RISKY,
    Area.STATUS,
    "A reply came with a status code that the operation does not document.",
    why="Clients written by the contract have no case for it.",
    advice=_HANDLE,
)
UNDECLARED = _rule(
    "property-undeclared",
    Impact.SAFE,
    Area.PROPERTY,
    "Replies have a property that the contract does not know.",
    why="Clients ignore what they do not know; whoever wants it has no promise that it stays.",
    advice=_SAY_SO,
)
GARBLED = _rule(
    "reply-not-json",
    Impact.BREAKING,
    Area.BODY,
    "A reply came that is no JSON, where JSON is promised.",
    why="Clients that parse it fail.",
    advice="Look at the content type before a reply is parsed, and take such a reply for a failure that may pass.",
)
MISSING = _rule(
    "property-missing",
    Impact.BREAKING,
    Area.PROPERTY,
    "A property that the contract promises was not there.",
    why="Clients that read it without looking fail.",
    advice=_HANDLE,
)
NULL = _rule(
    "null",
    Impact.BREAKING,
    Area.VALUE,
    "A value was null where the contract has none.",
    why="Clients that read into it fail.",
    advice=_HANDLE,
)
TYPE = _rule(
    "type-other",
    Impact.BREAKING,
    Area.VALUE,
    "A value was of another type than the contract says.",
    why="Clients that use it as what was promised fail.",
    advice=_HANDLE,
)
VALUE = _rule(
    "value-unlisted",
    Impact.BREAKING,
    Area.VALUE,
    "A value came that the contract does not list.",
    why="Clients that handle the listed values only do not know what to do.",
    advice=_HANDLE,
)
CONSTRAINT = _rule(
    "constraint-broken",
    Impact.RISKY,
    Area.VALUE,
    "A value does not keep what the contract says about it.",
    why="Clients that rely on it may go wrong.",
    advice=_HANDLE,
)
PROMISE = _rule(
    "promise-broken",
    Impact.BREAKING,
    Area.JOB,
    "A status does not come with what it promises.",
    why="Clients that read the result when the job has succeeded fail.",
    advice=_HANDLE,
)
EARLY = _rule(
    "present-early",
    Impact.RISKY,
    Area.JOB,
    "A status comes with what the contract says it lacks.",
    why="Clients that tell by its presence how a job stands are misled.",
    advice="Look at the status word only, and say so in an overlay.",
)
PRESENCE = _rule(
    "present-with-status",
    Impact.SAFE,
    Area.JOB,
    "Whenever a status was told, places were filled that the contract leaves open.",
    why="It is what clients wait for, though nobody has promised it.",
    advice=_SAY_SO,
)
TAKEN = _rule(
    "request-property-undeclared",
    Impact.SAFE,
    Area.BODY,
    "The server took a request with a property that the contract does not know.",
    why="It may do something, or be ignored.",
    advice="Find out which, and add it to an overlay if it counts.",
)
REFUSED = _rule(
    "request-refused",
    Impact.BREAKING,
    Area.BODY,
    "A request that keeps the contract was refused.",
    why="What clients send by the contract fails.",
    advice="Look what the reply says; if the server is right, add the rule that the contract lacks to an overlay.",
)

OBSERVED_RULES = (
    CODE,
    UNDECLARED,
    GARBLED,
    MISSING,
    NULL,
    TYPE,
    VALUE,
    CONSTRAINT,
    PROMISE,
    EARLY,
    PRESENCE,
    TAKEN,
    REFUSED,
)
"""Every rule about observations."""
