from datetime import date

import pytest

from bodydouble.contracts.drift.silences import Silence, SilenceError, parse_silences, silence
from tests.drifting import BY_ID, DEFAULT, RENAMED, change

TODAY = date(2026, 6, 15)
CHANGE = change()
RULES = tuple(BY_ID)
GOOD = f"""
silences:
  - rule: {RENAMED}
    fingerprint: {CHANGE.fingerprint!r}
    reason: nobody sends it
    expires: 2026-06-15
"""


def entry(number: int = 1, expires: date | None = None, fingerprint: str = CHANGE.fingerprint) -> Silence:
    return Silence(number, RENAMED, fingerprint, "nobody sends it", expires)


def test_a_file_of_silences_is_read() -> None:
    assert parse_silences(GOOD, "s.yaml", RULES) == (entry(expires=date(2026, 6, 15)),)


def test_a_bare_list_and_json_are_read_as_well() -> None:
    text = f'[{{"rule": "{RENAMED}", "fingerprint": "{CHANGE.fingerprint}", "reason": "nobody sends it"}}]'
    assert parse_silences(text, "s.json", RULES) == (entry(),)


def test_a_silenced_change_is_kept_apart_with_its_reason() -> None:
    heard = silence([CHANGE, change(DEFAULT)], [entry()], TODAY)
    assert [each.rule for each in heard.changes] == [DEFAULT]
    assert [(each.change, each.silence.reason) for each in heard.silenced] == [(CHANGE, "nobody sends it")]
    assert heard.notices == ()


def test_a_silence_counts_on_its_last_day_and_not_on_the_next() -> None:
    last = [entry(expires=TODAY)]
    assert silence([CHANGE], last, TODAY).changes == ()
    heard = silence([CHANGE], last, date(2026, 6, 16))
    assert heard.changes == (CHANGE,)
    assert heard.notices == (
        f"silences[1] ({RENAMED} {CHANGE.fingerprint}) expired on 2026-06-15: nobody sends it",
    )


def test_a_silence_that_fits_nothing_is_told() -> None:
    heard = silence([CHANGE], [entry(), entry(2, fingerprint="0" * 16)], TODAY)
    assert heard.notices == (f"silences[2] ({RENAMED} 0000000000000000) fits nothing any more; it can go",)


def test_another_rule_with_the_same_fingerprint_is_not_silenced() -> None:
    other = Silence(1, DEFAULT, CHANGE.fingerprint, "x")
    assert silence([CHANGE], [other], TODAY).changes == (CHANGE,)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("just text", r"silences\[1\]: an object is expected, not a string"),
        ("{}", r"silences\[1\]: rule is missing; silences\[1\]: fingerprint must be"),
        ("{rule: request-property-rename}", "did you mean 'request-property-renamed'"),
        ("{rule: 3}", "rule is missing"),
        ("{fingerprint: 12}", "16 hexadecimal digits"),
        ("{fingerprint: ABCDEFABCDEFABCD}", "16 hexadecimal digits"),
        ("{reason: '  '}", "a reason is missing"),
        ("{reason: [x]}", "a reason is missing"),
        ("{expires: tomorrow}", "a date like 2026-12-31, not a string"),
        ("{expires: 2026-02-30}", "a date like 2026-12-31"),
        ("{expires: 20261231}", "a date like 2026-12-31, not a number"),
        ("{expire: 2026-12-31}", "did you mean 'expires'"),
    ],
)
def test_an_entry_that_is_wrong_is_named_with_what_is_wrong(entry: str, said: str) -> None:
    with pytest.raises(SilenceError, match=said):
        parse_silences(f"silences:\n  - {entry}\n", "s.yaml", RULES)


def test_every_wrong_entry_is_named() -> None:
    with pytest.raises(SilenceError) as caught:
        parse_silences("- 1\n- 2\n", "s.yaml", RULES)
    assert "silences[1]" in str(caught.value)
    assert "silences[2]" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "silences: 3", "{}", "a: b\n---\nc: d", "\xff\0", "- [", "&a [*a]", b"\xff\xfe", "[" * 1000]
)
def test_what_is_no_list_of_silences_is_an_error(text: str | bytes) -> None:
    with pytest.raises(SilenceError):
        parse_silences(text, "s.yaml", RULES)


def test_an_empty_list_silences_nothing() -> None:
    assert parse_silences("silences: []", "s.yaml", RULES) == ()
