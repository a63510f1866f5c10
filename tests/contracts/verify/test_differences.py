from collections import Counter

from bodydouble.contracts.findings import Finding, Severity
from bodydouble.contracts.verify.differences import MAX_LISTED, differences, distribution
from bodydouble.contracts.verify.tracks import Track


def found(one: Track, other: Track) -> list[Finding]:
    return [*differences(one, other)]


def question(number: int) -> tuple[str, str, str, bytes]:
    return "create", "POST", "/jobs", f'{{"n":{number}}}'.encode()


def test_nothing_differs_from_itself() -> None:
    track = Track(
        "a", {question(1): 200}, Counter(done=1), {("done", ""): {"object"}}, {"x-a"}, [1, 2, 3], [1, 2, 3]
    )
    assert not found(track, track)


def test_accepted_here_and_refused_there_is_an_error_and_names_both() -> None:
    (finding,) = found(Track("a", {question(1): 200}), Track("b", {question(1): 400}))
    assert (finding.rule, finding.severity) == ("compare-acceptance", Severity.ERROR)
    assert finding.message.startswith("a accepts what b refuses")
    assert (finding.expected, finding.got) == ("200 (a)", "400 (b)")
    assert "overlay" in finding.hint


def test_a_request_that_is_judged_differently_comes_with_the_command_that_asks_again() -> None:
    asked = ("keyless", "GET", "/jobs?id=a%20b", b"")
    for one, other in (("bundled", "http://b.example/v1"), ("http://b.example/v1", "http://c.example")):
        (finding,) = found(Track(one, {asked: 200}), Track(other, {asked: 401}))
        assert finding.hint.endswith("ask again with: curl -sS -i 'http://b.example/v1/jobs?id=a%20b'")
    (finding,) = found(Track("http://a.example", {question(1): 422}), Track("b", {question(1): 400}))
    assert """-H 'authorization: Bearer '"$API_KEY" -H 'content-type: application/json'""" in finding.hint
    assert """--data-raw '{"n":1}'""" in finding.hint
    long = ("create", "POST", "/jobs", b'"' + b"x" * 5000 + b'"')
    (finding,) = found(Track("http://a.example", {long: 422}), Track("b", {long: 400}))
    assert "curl" not in finding.hint


def test_two_ways_to_refuse_are_a_warning() -> None:
    (finding,) = found(Track("a", {question(1): 422}), Track("b", {question(1): 400}))
    assert (finding.rule, finding.severity) == ("compare-code", Severity.WARNING)


def test_what_only_one_was_asked_is_no_difference() -> None:
    assert not found(Track("a", {question(1): 200}), Track("b", {question(2): 400}))


def test_a_status_on_one_side_is_told_with_what_to_change() -> None:
    (finding,) = found(Track("a", statuses=Counter(done=1)), Track("b", statuses=Counter(done=1, odd=1)))
    assert finding.message == 'only b tells the status "odd"'
    assert "scenario" in finding.hint


def test_a_member_on_one_side_is_told_once_and_not_again_for_all_inside_it() -> None:
    plain = {("done", ""): {"object"}}
    more = {**plain, ("done", "/meta"): {"object"}, ("done", "/meta/usage"): {"number"}}
    (finding,) = found(Track("a", fields=plain), Track("b", fields=more))
    assert (finding.rule, finding.pointer) == ("compare-field", "/meta")


def test_kinds_of_replies_that_only_one_gave_say_nothing_about_members() -> None:
    assert not found(
        Track("a", fields={("done", ""): {"object"}}), Track("b", fields={("error", ""): {"object"}})
    )


def test_types_that_differ_are_told() -> None:
    one, other = {("done", "/n"): {"number"}}, {("done", "/n"): {"number", "null"}}
    (finding,) = found(Track("a", fields=one), Track("b", fields=other))
    assert (finding.rule, finding.expected, finding.got) == (
        "compare-type",
        "number (a)",
        "null or number (b)",
    )


def test_headers_of_the_way_are_no_difference_and_others_are_a_note() -> None:
    (finding,) = found(Track("a", headers={"date", "x-trace"}), Track("b", headers={"server"}))
    assert (finding.rule, finding.severity) == ("compare-header", Severity.NOTE)


def test_times_differ_where_their_medians_are_far_apart() -> None:
    assert not found(Track("a", lives=[10, 10, 10]), Track("b", lives=[12, 12, 12]))
    (finding,) = found(Track("a", lives=[10, 10, 10]), Track("b", lives=[30, 30, 30]))
    assert (finding.rule, finding.severity) == ("compare-lifetime", Severity.NOTE)
    assert "scenario" in finding.hint


def test_two_jobs_have_no_median_worth_telling() -> None:
    assert not found(Track("a", lives=[10, 10]), Track("b", lives=[30, 30]))


def test_a_thousand_differences_are_counted_not_listed() -> None:
    one = {question(number): 200 for number in range(1000)}
    other = {question(number): 400 for number in range(1000)}
    listed = found(Track("a", one), Track("b", other))
    assert len(listed) == MAX_LISTED + 1
    assert listed[-1].message == f"and {1000 - MAX_LISTED} more differences of this kind"


def test_where_one_was_not_asked_everything_only_verdicts_count() -> None:
    one, other = Track("a", {question(1): 200}, Counter(done=1)), Track("b", {question(1): 400})
    assert [finding.rule for finding in differences(one, other, whole=False)] == ["compare-acceptance"]


def test_one_time_is_a_distribution_too() -> None:
    assert distribution([2.0]) == "1 of them: p10 2 s, p50 2 s, p90 2 s"
