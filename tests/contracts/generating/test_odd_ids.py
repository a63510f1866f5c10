from urllib.parse import parse_qsl, unquote

import pytest

from bodydouble.contracts.generating.drafts import drafted
from bodydouble.contracts.generating.odd_ids import ODD_IDS
from tests.apis import BUNDLED, contract, speech


@pytest.mark.parametrize(("what", "ident"), ODD_IDS)
def test_an_odd_id_survives_query_and_path(what: str, ident: str) -> None:
    by_query = drafted(BUNDLED.patterns[0].poll, {"generation_id": ident}).target
    by_path = drafted(contract(speech()).patterns[0].poll, {"generation_id": ident}).target
    assert parse_qsl(by_query.partition("?")[2]) == [("generation_id", ident)], what
    assert unquote(by_path.removeprefix("/v1/stt/")) == ident, what


def test_each_id_stands_once_and_says_what_is_odd() -> None:
    assert len({ident for _, ident in ODD_IDS}) == len(ODD_IDS)
    assert all(what for what, _ in ODD_IDS)


@pytest.mark.parametrize("part", ["/", "%", "+", "-V", "?", "&", "#", " ", ".."])
def test_what_breaks_programs_that_do_not_encode_is_among_them(part: str) -> None:
    assert any(part in ident for _, ident in ODD_IDS)
