from bodydouble.mockserver.scenes.scenario_files import shipped
from bodydouble.mockserver.testing.settings import DoubleSettings


def test_a_recorded_run_takes_less_than_a_second() -> None:
    longest = shipped()["succeeds"]
    assert (longest.queued.quantile(0.999) + longest.running.quantile(0.999)) / DoubleSettings().speed < 1


def test_a_link_lasts_for_minutes_of_real_time() -> None:
    settings = DoubleSettings()
    assert settings.url_ttl / settings.speed > 300


def test_a_run_repeats_unless_it_is_told_otherwise() -> None:
    assert DoubleSettings() == DoubleSettings()
    assert DoubleSettings().seed == 0
