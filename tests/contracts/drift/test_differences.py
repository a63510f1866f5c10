import pytest

from bodydouble.contracts.drift.changes import Direction
from bodydouble.contracts.drift.differences import NARROWING, REMARKS, WIDENING, Difference, Kind, Pair
from bodydouble.contracts.drift.views import View

OLD, NEW = View({}, {"type": "string"}), View({}, {"type": "integer"})


def test_what_clients_send_must_fit_the_new_version_and_what_they_read_the_old_one() -> None:
    request, reply = (Pair(OLD, NEW, direction) for direction in (Direction.REQUEST, Direction.REPLY))
    assert (request.inner, request.outer) == (OLD, NEW)
    assert (reply.inner, reply.outer) == (NEW, OLD)


def test_a_renamed_part_has_a_name_on_either_side() -> None:
    pair = Pair(OLD, NEW, Direction.REPLY).below("was", OLD, NEW, "is").below("x", OLD, NEW)
    assert (pair.old_tokens, pair.new_tokens) == (("was", "x"), ("is", "x"))
    assert pair.inner_tokens == ("is", "x")
    assert pair.difference(Kind.WIDENED).at == ("is", "x")


def test_a_place_is_named_by_the_old_names() -> None:
    difference = Difference(kind=Kind.RENAMED, old_tokens=("a", "b/c"), new_tokens=("a", "d"))
    assert difference.pointer == "/a/b~1c"


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_breaks_requests_or_replies_as_the_sets_say(kind: Kind) -> None:
    difference = Difference(kind=kind, old_tokens=(), new_tokens=())
    assert difference.breaks(Direction.REQUEST) is (kind in NARROWING)
    assert difference.breaks(Direction.REPLY) is (kind in WIDENING)


def test_remarks_break_nothing() -> None:
    assert not REMARKS & (NARROWING | WIDENING)
