"""A browser plays every clip to its end, from a server of the clips and nothing else."""

import json
import queue
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bodydouble.mockserver.http.sending import combined, reply
from bodydouble.mockserver.media import answer, clips

CLIPS = {clip.path.name: clip for clip in clips()}
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
PATIENCE = 60  # seconds, for a browser that starts on a loaded machine

# Plays the beginning, jumps near the end (by a Range request where the file is not buffered), plays to the end.
PAGE = """<!doctype html><meta charset="utf-8"><title>clips</title><body><script>
const happens = (video, name) => new Promise((resolve, reject) => {
  video.addEventListener(name, resolve, {once: true});
  video.addEventListener("error", () => reject(new Error(video.error.message)), {once: true});
});
const picture = video => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  return Array.from(context.getImageData(0, 240, canvas.width, 1).data).join();
};
const play = async name => {
  const video = document.createElement("video");
  Object.assign(video, {muted: true, preload: "auto", src: "/" + name});
  document.body.append(video);
  await happens(video, "canplaythrough");
  const first = picture(video);
  await video.play();
  while (video.currentTime < 0.2) await happens(video, "timeupdate");
  video.currentTime = video.duration - 0.4;
  await happens(video, "ended");
  return {
    duration: video.duration, readyState: video.readyState, currentTime: video.currentTime,
    size: [video.videoWidth, video.videoHeight], moved: first !== picture(video),
    seekable: video.seekable.length && video.seekable.end(0),
  };
};
(async () => {
  for (const name of NAMES) {
    let result;
    try { result = await play(name); } catch (error) { result = {error: String(error)}; }
    await fetch("/report/" + name, {method: "POST", body: JSON.stringify(result)});
  }
})();
</script>"""


@dataclass(frozen=True)
class Site:
    """A server of the page and the clips, and what the page reported."""

    port: int
    reports: queue.Queue[tuple[str, dict[str, object]]]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    reports: queue.Queue[tuple[str, dict[str, object]]] = queue.Queue()

    def page(_: Request) -> HTMLResponse:
        return HTMLResponse(PAGE.replace("NAMES", json.dumps(list(CLIPS))))

    async def report(request: Request) -> Response:
        reports.put((request.path_params["name"], await request.json()))
        return Response(status_code=204)

    class Clips:
        async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
            clip = CLIPS[scope["path_params"]["name"]]
            await reply(answer(clip, scope["method"], combined(scope["headers"])), send)

    routes = [Route("/", page), Route("/report/{name}", report, methods=["POST"]), Route("/{name}", Clips())]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=0, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield Site(server.servers[0].sockets[0].getsockname()[1], reports)
    server.should_exit = True
    thread.join(60)


@pytest.fixture(scope="module")
def played(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """Return what the browser says about each clip."""
    if BROWSER is None:
        pytest.skip("no Chromium is installed to play the clips")
    profile = tmp_path_factory.mktemp("profile")
    command = [BROWSER, *FLAGS, f"--user-data-dir={profile}", f"http://127.0.0.1:{site.port}/"]
    return watched(command, profile / "browser.log", site)


def watched(command: list[str], log: Path, site: Site) -> dict[str, dict[str, object]]:
    with log.open("wb") as output:
        browser = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        try:
            return dict(site.reports.get(timeout=PATIENCE) for _ in CLIPS)
        except queue.Empty:
            pytest.fail(f"the browser reported nothing:\n{log.read_text(errors='replace')[-2000:]}")
        finally:
            browser.send_signal(signal.SIGTERM)
            browser.wait(60)


@pytest.mark.slow
@pytest.mark.parametrize("name", CLIPS)
def test_a_browser_plays_a_clip_to_its_end(played: dict[str, dict[str, object]], name: str) -> None:
    seconds = CLIPS[name].seconds
    assert played[name] == {
        "duration": seconds,
        "currentTime": seconds,
        "seekable": seconds,
        "readyState": pytest.approx(3, abs=1),
        "size": [640, 360],
        "moved": True,
    }
