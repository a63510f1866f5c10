from bodydouble.contracts.bundle import PREPARED, bundled_text
from bodydouble.contracts.preparing import prepared


def test_the_prepared_file_is_what_preparing_gives_now() -> None:
    assert bundled_text(PREPARED) == prepared(), (
        "the bundled fragments or their overlay changed; run "
        "python -m bodydouble.contracts.preparing > contracts/bundled/prepared.json"
    )
