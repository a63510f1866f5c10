import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import av
import pytest

SCRIPT = Path(__file__).parents[3] / "mockserver" / "videos" / "render.py"


@pytest.fixture(scope="module")
def render() -> ModuleType:
    spec = importlib.util.spec_from_file_location("render", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def luma(canvas: tuple[bytearray, ...], width: int, x: int, y: int) -> int:
    return canvas[0][y * width + x]


def test_the_clips_in_the_tree_are_what_the_script_renders(render: ModuleType, tmp_path: Path) -> None:
    recorded = re.search(r'"av==([0-9.]+)"', SCRIPT.read_text("utf-8"))
    assert recorded
    if (av.__version__, sys.platform) != (recorded[1], "linux"):
        pytest.skip(f"PyAV {recorded[1]} on Linux rendered them; here is {av.__version__} on {sys.platform}")
    render.main(tmp_path, (2, 4))
    rendered = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert rendered == {name: (SCRIPT.parent / name).read_bytes() for name in ("2s.mp4", "4s.mp4")}


def test_every_clip_of_the_script_is_in_the_tree(render: ModuleType) -> None:
    assert {path.name for path in SCRIPT.parent.glob("*.mp4")} == {f"{n}s.mp4" for n in render.DURATIONS}


def test_the_boat_and_the_bar_move_with_the_time(render: ModuleType) -> None:
    behind = render.backdrop()
    frames = [render.draw(behind, number, 2) for number in (0, 24, 47)]
    bars = [frame[0][330 * render.WIDTH : 331 * render.WIDTH].count(render.LAMP[0]) for frame in frames]
    boats = [frame[0][240 * render.WIDTH : 241 * render.WIDTH].index(render.PAPER[0]) for frame in frames]
    assert bars == sorted(set(bars))
    assert bars[-1] == render.WIDTH - 80
    assert boats == sorted(set(boats))


def test_drawing_leaves_the_backdrop_as_it_is(render: ModuleType) -> None:
    behind = render.backdrop()
    render.draw(behind, 30, 2)
    assert behind == render.backdrop()


def test_a_rectangle_covers_its_pixels_and_no_other(render: ModuleType) -> None:
    canvas = render.blank()
    render.rectangle(canvas, (10, 20), (4, 6), render.PAPER)
    assert [plane.count(value) for plane, value in zip(canvas, render.PAPER, strict=True)] == [24, 6, 6]
    assert luma(canvas, render.WIDTH, 10, 20) == luma(canvas, render.WIDTH, 13, 25) == render.PAPER[0]
    assert luma(canvas, render.WIDTH, 14, 25) == luma(canvas, render.WIDTH, 13, 26) == render.NIGHT[0]


def test_a_shape_is_cut_off_at_the_edges(render: ModuleType) -> None:
    canvas = render.blank()
    sizes = [len(plane) for plane in canvas]
    render.rectangle(canvas, (-50, -50), (render.WIDTH + 100, render.HEIGHT + 100), render.SEA)
    assert [set(plane) for plane in canvas] == [{value} for value in render.SEA]
    assert [len(plane) for plane in canvas] == sizes


def test_every_character_that_is_written_has_a_shape(render: ModuleType) -> None:
    needed = set(render.CAPTION) | set("0123456789 OF S")
    shapes = {glyph[0]: bytes.fromhex(glyph[1:]) for glyph in render.FONT}
    assert needed <= shapes.keys()
    assert all(len(rows) == 7 and max(rows) < 32 for rows in shapes.values())
    assert len(set(shapes.values())) == len(shapes)
