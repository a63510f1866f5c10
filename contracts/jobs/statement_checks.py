"""Whether what is stated about a job pattern can be true of the replies it is stated about."""

from itertools import product

from bodydouble.contracts.words import show

from .job_statement import PatternError, ReplyStatement, Statement, one_of
from .reply_shapes import Seen, contradicts, may_be_absent


def check(statement: Statement, submitted: Seen, polled: Seen) -> None:
    """Check every pointer and status word of a statement.

    What is stated about both replies must be true of one of them, since create and poll may differ; under
    ``optional`` it may be true of none.

    Raises:
        PatternError: A pointer or status word is not in the reply's schema, an id or status is no text, a property
            that is to be absent is required and never null or present at once, or the poll's reply tells no status.
    """
    if polled.shape.status not in polled.places.outlines:
        raise PatternError(f"{statement.place}: the reply of the poll tells no status")
    about = (
        (statement.shared, (submitted, polled)),
        (statement.submitted, (submitted,)),
        (statement.polled, (polled,)),
    )
    for stated, seen in about:
        _check_texts(statement.place, stated, seen)
        _check_consistent(statement.place, stated)
        if not statement.optional:
            _check_known(statement.place, stated, seen)
            _check_absent(statement.place, stated, seen)


def _check_known(place: str, stated: ReplyStatement, replies: tuple[Seen, ...]) -> None:
    known = [pointer for seen in replies for pointer in seen.places.outlines]
    for pointer in stated.pointers():
        if pointer not in known:
            raise PatternError(
                f"{place}: no reply has {show(pointer)}; {one_of(pointer, dict.fromkeys(known))}"
            )
    words = [promise.status for seen in replies for promise in seen.shape.promises]
    for word in stated.statuses:
        if word not in words:
            raise PatternError(
                f"{place}: no reply has the status {show(word)}; {one_of(word, dict.fromkeys(words))}"
            )


def _check_texts(place: str, stated: ReplyStatement, replies: tuple[Seen, ...]) -> None:
    for seen in replies:
        for pointer in (*stated.ids, stated.status):
            if pointer in seen.places.outlines and pointer not in seen.places.texts():
                raise PatternError(f"{place}: {show(pointer)} is no text; ids and status words are")


def _check_consistent(place: str, stated: ReplyStatement) -> None:
    for word, said in stated.statuses.items():
        for present, absent in product(said.present or (), said.absent or ()):
            if contradicts(present, absent):
                where = f"{place}: the status {show(word)}"
                raise PatternError(f"{where} has {show(present)} present and {show(absent)} absent at once")


def _check_absent(place: str, stated: ReplyStatement, replies: tuple[Seen, ...]) -> None:
    for word, said in stated.statuses.items():
        for pointer in said.absent or ():
            for seen in replies:
                if pointer in seen.places.outlines and not may_be_absent(seen.places, pointer):
                    raise PatternError(
                        f"{place}: the status {show(word)} cannot be without {show(pointer)}, "
                        "which the reply's schema requires and which is never null"
                    )
