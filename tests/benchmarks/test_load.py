"""What is sent, and what is made of wrk's answer."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from . import servers
from .load import LoadError, Request, Sample, checked, has_wrk, parse_sample, send, send_few

SAMPLE = Sample(requests=100, seconds=2.0, refused=0, broken=0, p50=0.001, p99=0.004)


def test_a_request_is_written_out_whole() -> None:
    request = Request("POST", "/jobs", {"Accept": "*/*"}, b"{}")
    assert request.raw("localhost:80") == (
        b"POST /jobs HTTP/1.1\r\nHost: localhost:80\r\nAccept: */*\r\nContent-Length: 2\r\n\r\n{}"
    )


def test_a_sample_is_found_in_what_wrk_prints() -> None:
    assert parse_sample("Running 2s test\n\nsample 100 2000000 0 0 1000 4000\n") == SAMPLE
    assert SAMPLE.rate == 50


def test_output_without_a_sample_is_an_error_that_shows_it() -> None:
    with pytest.raises(LoadError, match="unable to connect"):
        parse_sample("unable to connect to 127.0.0.1:1")


@pytest.mark.parametrize("wrong", [{"refused": 1}, {"broken": 1}, {"requests": 0}])
def test_a_sample_with_a_refusal_counts_for_nothing(wrong: dict[str, int]) -> None:
    with pytest.raises(LoadError, match="not every request"):
        checked(replace(SAMPLE, **wrong))


def test_without_wrk_nothing_is_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LoadError, match="wrk is not installed"):
        send("http://127.0.0.1:1", (Request("GET", "/"),), 1)


def test_the_constant_answers_every_request_that_is_sent() -> None:
    requests = (Request("GET", "/a"), Request("POST", "/b", {"Content-Type": "application/json"}, b"{}"))
    with servers.running(servers.bare) as server:
        assert server.resident() > 1_000_000
        assert send_few(server.origin, requests, 10).requests == 10
        if has_wrk():
            assert send(server.origin, requests, 1).rate > 10


def test_a_server_that_refuses_is_not_measured() -> None:
    with servers.running(servers.framework) as server, pytest.raises(LoadError):
        send_few(server.origin, (Request("GET", "/elsewhere"),), 3)


def test_a_server_that_does_not_come_up_says_why() -> None:
    absent = servers.running(lambda _: ["cat", "no/such/file"])
    with pytest.raises(servers.StartError, match="no/such/file"), absent:
        pass


def test_a_server_that_does_not_end_kindly_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "STOP_WITHIN", 0.1)
    process = subprocess.Popen(["sh", "-c", "trap '' TERM; echo; exec sleep 60"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    servers.stop(process)
    assert process.returncode is not None
