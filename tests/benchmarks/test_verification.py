"""Speed of verification: that it is measured, not how much it is."""

from .verification import Pace, measure, table


def test_both_testers_are_measured_against_the_same_server() -> None:
    found = measure(2)
    assert found["bodydouble verify provider"].requests > 100
    assert found["Schemathesis"].requests > 2
    assert all(pace.seconds > 0 for pace in found.values())


def test_the_ratio_is_to_schemathesis() -> None:
    rows = table({"bodydouble verify provider": Pace(900, 2.0), "Schemathesis": Pace(100, 1.0)}).rows
    assert rows[0][3:] == ("450", "4.5", "≥ 3")
    assert rows[1][4:] == ("1.0", "")
