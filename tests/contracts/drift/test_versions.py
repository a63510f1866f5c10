from bodydouble.contracts.drift.changes import Direction
from bodydouble.contracts.drift.versions import DEFECTS, Version
from bodydouble.contracts.reading.fragments import Fragment

from .documents import document, version

BODY = {"type": "object", "properties": {"a": {"type": "string", "nullable": True, "enum": ["x"]}}}


def test_operations_of_all_fragments_are_listed_in_order() -> None:
    fragments = [Fragment(name, document({"path": f"/{name}"})) for name in ("b", "a")]
    assert [str(operation) for operation in Version(fragments).operations] == ["POST /b", "POST /a"]


def test_requests_are_read_closed_and_replies_open_and_each_once() -> None:
    side = version(document({"request": BODY, "reply": BODY}))
    (operation,) = side.operations
    assert operation.request is not None
    request = side.view(operation.request, Direction.REQUEST)
    reply = side.view(operation.request, Direction.REPLY)
    assert not request.meaning.accepts({"b": 1})
    assert reply.meaning.accepts({"b": 1})
    assert side.view(operation.request, Direction.REQUEST) is request


def test_nullable_is_read_as_its_author_means_it() -> None:
    side = version(document({"request": BODY}))
    (operation,) = side.operations
    assert operation.request is not None
    assert side.view(operation.request, Direction.REQUEST).meaning.accepts({"a": None})


def test_flaws_are_found_with_their_places() -> None:
    made = document({"request": {"type": "object", "properties": {"a": {"type": "integer", "default": "x"}}}})
    side = version(made, "made.json")
    rules = {rule.id: rule for rule in DEFECTS}
    (flaw,) = side.flaws(rules["default-invalid"])
    assert flaw.source == "made.json"
    assert flaw.pointer.endswith("/properties/a/default")
    assert side.flaws(rules["enum-empty"]) == ()
    assert side.defective == {"default-invalid"}
    assert version(document({"components": {"schemas": {"Unused": {}}}})).defective == frozenset()


def test_where_a_reply_tells_of_a_job_is_seen_once() -> None:
    reply = {
        "type": "object",
        "properties": {"id": {"type": "string"}, "status": {"enum": ["queued", "completed"]}},
    }
    side = version(document({"reply": reply}))
    seen = side.shape(side.operations[0])
    assert (seen.shape.ids, seen.shape.status) == (("/id",), "/status")
    assert side.shape(side.operations[0]) is seen
