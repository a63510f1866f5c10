from bodydouble.contracts.bundle import PREPARED, bundled_contract, bundled_text
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.loading import load
from bodydouble.contracts.preparing import prepared


def test_the_prepared_file_is_what_preparing_gives_now() -> None:
    assert bundled_text(PREPARED) == prepared(load(())), (
        "the bundled fragments, their overlay or the building of contracts changed; run "
        "python -m bodydouble.contracts.preparing > contracts/bundled/prepared.json"
    )


def test_the_prepared_contract_is_the_one_that_is_built_anew_in_every_field() -> None:
    built, ready = load(()), bundled_contract()
    for field in Contract.__struct_fields__:
        assert getattr(ready, field) == getattr(built, field), field
