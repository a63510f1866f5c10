"""A browser's page from elsewhere calls the double with a key, and reads the replies and all of their headers."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from .doubles import BODY, VIDEO, Hosted, hosted
from .test_browser import BROWSER, FLAGS

PATIENCE = 120  # seconds, for a browser that starts on a loaded machine
PAGE = """<!doctype html><meta charset="utf-8"><title>calls</title><body><script>
const api = "ORIGIN" + "PATH";
const told = async reply => [reply.status, await reply.json(), Object.fromEntries(reply.headers)];
(async () => {
  const headers = {"Authorization": "Bearer key", "Content-Type": "application/json", "X-Client-Request-Id": "mine"};
  const created = await told(await fetch(api, {method: "POST", headers, body: JSON.stringify(BODY)}));
  const polled = await told(await fetch(api + "?generation_id=" + created[1].id, {headers}));
  const refused = await told(await fetch(api, {headers: {"Authorization": "Bearer key"}}));
  document.body.textContent = "[[" + encodeURIComponent(JSON.stringify([created, polled, refused])) + "]]";
})().catch(problem => { document.body.textContent = "[[" + encodeURIComponent(String(problem)) + "]]"; });
</script>"""


@pytest.fixture(scope="module")
def playing() -> Iterator[Hosted]:
    with hosted() as double:
        yield double


def shown(page: Path) -> str:
    """What the page holds once its calls have been answered."""
    if BROWSER is None:
        pytest.skip("no Chromium is installed to open a page")
    profile = f"--user-data-dir={page.parent / 'profile'}"
    command = [BROWSER, *FLAGS, profile, "--virtual-time-budget=60000", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    found = re.search(r"\[\[([^\]<]*)\]\]</body>", done.stdout)
    assert found, done.stdout[-2000:] + done.stderr[-2000:]
    return found[1]


@pytest.mark.slow
def test_a_page_from_elsewhere_creates_polls_and_reads_every_header(playing: Hosted, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    text = PAGE.replace("ORIGIN", playing.origin).replace("PATH", VIDEO).replace("BODY", json.dumps(BODY))
    page.write_text(text)
    created, polled, refused = json.loads(unquote(shown(page)))
    assert (created[0], polled[0], refused[0]) == (200, 200, 400)
    assert polled[1]["id"] == created[1]["id"]
    for _, _, headers in (created, polled, refused):
        assert headers["x-inference-id"]
        assert headers["access-control-allow-origin"] == "*"
    assert created[2]["x-client-request-id"] == "mine"
    assert polled[2]["x-double-decision"].startswith("succeeds/poll/1/")
