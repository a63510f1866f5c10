import pytest

from bodydouble.contracts.rendering.artifacts import path_of, uri_of


@pytest.mark.parametrize(
    ("source", "path", "uri"),
    [
        ("api/a.json", "api/a.json", "api/a.json"),
        ("page.md#2", "page.md", "page.md"),
        ("git:HEAD~1:api/a.json", "api/a.json", "api/a.json"),
        ("git:main:a b.yaml#1", "a b.yaml", "a%20b.yaml"),
        ("https://host/a.json", "", "https://host/a.json"),
        ("/srv/ä.json", "/srv/ä.json", "file:///srv/%C3%A4.json"),
        ("bundled/poll.json", "bundled/poll.json", "bundled/poll.json"),
        ("a%b#c.json", "a%b#c.json", "a%25b%23c.json"),
        ("./a.json", "./a.json", "a.json"),
        ("../a.json", "../a.json", "../a.json"),
        ("a\udcff.json", "a\udcff.json", "a%3F.json"),
        ("a:b.json", "a:b.json", "a%3Ab.json"),
    ],
)
def test_names_become_paths_and_uris(source: str, path: str, uri: str) -> None:
    assert (path_of(source), uri_of(source)) == (path, uri)
