import pytest

from bodydouble.contracts.contract import ContractError
from bodydouble.contracts.findings import Severity
from bodydouble.mockserver.routes import RouteTable, route_table
from bodydouble.mockserver.service import trials
from tests.apis import BUNDLED, CLIPS, TEXT, contract, document, getting, jobs, posting, record, speech, words

TRIALS = trials(BUNDLED, CLIPS)
IMPOSSIBLE = {"type": "string", "minLength": 2, "maxLength": 1}
STATUS = words("queued", "running", "done")


def table(*documents: dict[str, object]) -> RouteTable:
    return route_table(contract(*documents), TRIALS)


def unplayable(path: str) -> dict[str, object]:
    return jobs("broken", path, reply=record(["id", "status", "x"], id=TEXT, status=STATUS, x=IMPOSSIBLE))


def test_the_bundled_contract_has_a_universal_and_a_legacy_url() -> None:
    assert route_table(BUNDLED, TRIALS).operations == (
        "GET /v2/video/generations",
        "POST /v2/video/generations",
        "GET /v2/generate/video/minimax/generation",
        "POST /v2/generate/video/minimax/generation",
    )


def test_one_path_is_one_route_however_many_fragments_share_it() -> None:
    routes = table(jobs("alpha"), jobs("beta"), jobs("gamma")).routes
    assert [route.path for route in routes] == ["/jobs"]
    submissions = routes[0].submissions
    assert submissions
    assert set(submissions.by_model) == {"alpha", "beta", "gamma"}
    assert submissions.only is None


def test_methods_that_are_answered_are_allowed_and_no_others() -> None:
    allowed = {route.path: route.allowed for route in table(speech()).routes}
    assert allowed == {"/v1/stt/create": ("POST",), "/v1/stt/{generation_id}": ("GET", "HEAD")}
    assert table(jobs()).routes[0].allowed == ("GET", "HEAD", "POST")


def test_a_concrete_path_comes_before_a_template_that_would_take_it() -> None:
    """OpenAPI 3.1 section 4.8.8.1: concrete definitions are matched first."""
    reply = record(["id", "status"], id=TEXT, status=STATUS)
    first = document({"/a/submit": posting(record(), reply), "/a/{id}": getting("id", "path", reply)})
    second = document({"/a/later": posting(record(), reply)})
    paths = [route.path for route in table(first, second).routes]
    assert paths.index("/a/later") < paths.index("/a/{id}")


def test_the_nearest_operations_come_first() -> None:
    routes = route_table(BUNDLED, TRIALS)
    assert routes.nearest("POST", "/v2/video/generation")[0] == "POST /v2/video/generations"
    assert (
        routes.nearest("GET", "/v2/generate/video/minimax")[0] == "GET /v2/generate/video/minimax/generation"
    )
    assert len(routes.nearest("GET", "/" + "x" * 100_000)) == 3


def test_a_pattern_that_cannot_be_played_is_reported_and_the_others_are_served() -> None:
    routes = table(unplayable("/broken"), jobs("fine"))
    assert [route.path for route in routes.routes] == ["/jobs"]
    assert [finding.severity for finding in routes.findings] == [Severity.ERROR]
    assert routes.findings[0].source == "0.json"
    assert "/x" in routes.findings[0].message


def test_where_nothing_can_be_played_an_error_says_what_stands_in_the_way() -> None:
    with pytest.raises(ContractError, match=r"0\.json.*no valid reply can be made.*/x"):
        table(unplayable("/broken"))


def test_a_path_is_secured_if_the_contract_asks_for_a_key() -> None:
    open_route = table(jobs()).routes[0]
    assert open_route.submissions
    assert open_route.polling
    assert not open_route.submissions.secured
    assert not open_route.polling.secured
    for route in route_table(BUNDLED, TRIALS).routes:
        assert route.submissions
        assert route.polling
        assert route.submissions.secured
        assert route.polling.secured


def test_the_rules_for_an_image_are_found_where_the_overlay_puts_them() -> None:
    submissions = route_table(BUNDLED, TRIALS).routes[0].submissions
    assert submissions
    assert submissions.only
    (name, rules), *others = submissions.only.images
    assert (name, rules.formats, rules.shorter_side_over, others) == ("image_url", ("jpeg", "png"), 300, [])
