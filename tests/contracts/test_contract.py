from typing import Any

from bodydouble.contracts.contract import Contract
from tests.apis import contract, jobs


def named(**facts: Any) -> Contract:
    return contract({**jobs("a"), **facts}, {**jobs("b"), "info": {"title": "Second", "version": "9"}})


def test_title_and_version_are_the_first_that_are_given() -> None:
    assert (named().title, named().version) == ("Invented", "2")
    assert (named(info={"title": "", "version": 3}).title, named(info=None).version) == ("Second", "9")
    nameless = contract({**jobs("a"), "info": {}})
    assert (nameless.title, nameless.version) == ("API", "0")


def test_servers_are_told_once_each() -> None:
    twice = [{"url": "https://a"}, {"url": "https://b"}, {"url": "https://a"}, {"url": 5}, "https://c", {}]
    assert named(servers=twice).servers == ("https://a", "https://b")
    assert named(servers={"url": "https://a"}).servers == ()
