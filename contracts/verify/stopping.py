"""Why a run ends before it has seen everything."""

from bodydouble.contracts.checks.exchanges import Ending, Exchange

from .asking import Asked, Meant
from .pacing import TOO_MANY

UNAUTHORIZED, PAYMENT, FORBIDDEN = 401, 402, 403


class Stopped(BaseException):
    """Nothing more can be looked at; the message says why.

    It is no ``Exception``: whatever searches for failures would take it for one of them.
    """


class Enough(Stopped):
    """What was to be learned here has been learned."""


class Spent(Stopped):
    """The budget does not allow one more job."""


def reason_to_stop(asked: Asked, exchange: Exchange, *, valid: bool | None = None) -> str:
    """Return why nothing more is to be learned after a reply that stays like this; ``""`` if there is no reason.

    Args:
        asked: The request.
        exchange: Its last reply, after as many tries as are made.
        valid: Of a create, whether it keeps the contract.
    """
    if exchange.status == TOO_MANY:
        return "the server limits the rate (429) throughout"
    if exchange.ending is Ending.LOST and not exchange.status:
        return f"the server cannot be reached: {exchange.trouble or 'no reply'}"
    if not asked.keyed or asked.meant is Meant.METHOD or (asked.meant is Meant.CREATE and valid is False):
        return ""
    if exchange.status == UNAUTHORIZED:
        return "the key is refused, or missing (401)"
    if exchange.status in (PAYMENT, FORBIDDEN):
        return f"the key may not do this, or its credit is used up ({exchange.status})"
    return ""
