"""Changes made by hand, and hostile ones, for tests of what becomes of them."""

from typing import Any

from hypothesis import strategies as st

from bodydouble.contracts.drift.changes import Change, Direction, Impact, Place, Witness
from bodydouble.contracts.drift.judging import Report
from bodydouble.contracts.drift.rules import RULES
from bodydouble.contracts.findings import Finding, Severity

RENAMED = "request-property-renamed"
DEFAULT = "request-default-changed"
BY_ID = {rule.id: rule for rule in RULES}


def place(new: str = "new.json", **facts: str) -> Place:
    given = {"operation": "POST /v2/things", "old_source": "old.json", "old_pointer": "/paths", **facts}
    return Place(new_source=new, new_pointer="/paths" if new else "", **given)


def change(rule: str = RENAMED, impact: Impact = Impact.BREAKING, **facts: Any) -> Change:
    given: dict[str, Any] = {
        "subject": "request /image",
        "message": "image is called image_url",
        "places": (place(),),
    }
    return Change(rule=rule, impact=impact, **{**given, **facts})


def asking(value: Any = None, **facts: Any) -> Witness:
    return Witness(direction=Direction.REQUEST, method="post", path="/v2/things", value=value, **facts)


def replying(value: Any = None, **facts: Any) -> Witness:
    return Witness(
        direction=Direction.REPLY, method="get", path="/v2/things", status="200", value=value, **facts
    )


def report(*changes: Change, **facts: Any) -> Report:
    return Report(old="old.json", new="new.json", changes=changes, **facts)


UNREAD = Finding(
    rule="file-unreadable",
    severity=Severity.WARNING,
    source="new/broken.json",
    pointer="",
    message="passed over: not JSON (line 3)",
)

texts = st.text(max_size=12) | st.sampled_from(
    [
        "a\nb",
        "::error::",
        "a,b:c%",
        "\x1b[31m",
        "]]>",
        "`` ` ``",
        "<b>@you</b>",
        "\ud800",
        "a|b",
        "#1",
        "- x",
        "''",
    ]
)
values = (
    st.none()
    | texts
    | st.integers()
    | st.lists(texts, max_size=2)
    | st.dictionaries(texts, texts, max_size=2)
)
places = st.builds(
    Place,
    operation=texts,
    old_source=texts,
    old_pointer=st.just("") | texts.map(lambda text: f"/{text}"),
    new_source=texts,
    new_pointer=st.just(""),
)
witnesses = st.builds(
    Witness,
    direction=st.sampled_from([Direction.REQUEST, Direction.REPLY]),
    method=st.sampled_from(["get", "post"]),
    path=texts,
    location=st.sampled_from(["body", "query", "path", "header", "cookie"]),
    name=texts,
    status=texts,
    value=values,
    problem=texts,
)
hostile = st.builds(
    Change,
    rule=st.sampled_from(RULES).map(lambda rule: rule.id) | st.just("unknown-rule"),
    impact=st.sampled_from(Impact),
    subject=texts,
    message=texts,
    places=st.lists(places, min_size=1, max_size=4).map(tuple),
    old=values,
    new=values,
    witness=st.none() | witnesses,
    consequences=st.lists(texts, max_size=2).map(tuple),
    survives=st.booleans(),
    reverted_to=texts,
)
hostile_reports = st.builds(
    Report,
    old=texts,
    new=texts,
    changes=st.lists(hostile, max_size=4).map(tuple),
    notices=st.lists(texts, max_size=2).map(tuple),
    unseen=st.lists(
        st.builds(
            Finding,
            rule=texts,
            severity=st.sampled_from(Severity),
            source=texts,
            pointer=texts,
            message=texts,
        ),
        max_size=2,
    ).map(tuple),
    operations=st.lists(texts, max_size=2).map(tuple),
    fail_on=st.none() | st.sampled_from(Impact),
)
