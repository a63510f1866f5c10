"""Pictures: links stay, files become data URIs, what the API would refuse is refused before it is paid for."""

import base64
import io
from pathlib import Path

import pytest

from bodydouble.client import Client, ConfigurationError, default_api
from bodydouble.client.images import image_field

SUBMIT = default_api().submit
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 20


@pytest.mark.parametrize("link", ["https://x/y.png", "HTTP://x/y", "data:image/png;base64,AAAA"])
def test_a_link_stays_a_link(link: str) -> None:
    assert image_field(link, SUBMIT) == link


@pytest.mark.parametrize(("content", "media_type"), [(PNG, "image/png"), (JPEG, "image/jpeg")])
def test_a_file_and_bytes_become_a_data_uri(content: bytes, media_type: str, tmp_path: Path) -> None:
    path = tmp_path / "boat"
    path.write_bytes(content)
    expected = f"data:{media_type};base64,{base64.b64encode(content).decode()}"
    assert (
        image_field(path, SUBMIT)
        == image_field(str(path), SUBMIT)
        == image_field(content, SUBMIT)
        == expected
    )


@pytest.mark.parametrize("name", ["missing.png", ".", "a\0b", "x" * 300])
def test_a_file_that_cannot_be_read_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot read"):
        image_field(str(tmp_path / name), SUBMIT)


def test_a_file_of_another_type_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="neither image/png nor image/jpeg"):
        image_field(b"GIF89a", SUBMIT)


def test_a_file_that_is_too_large_is_refused_without_being_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.write(PNG)
        file.truncate(SUBMIT.image_max_bytes * 50)
    with pytest.raises(ConfigurationError, match=str(SUBMIT.image_max_bytes)):
        image_field(path, SUBMIT)


def test_a_refused_picture_costs_nothing() -> None:
    with Client("key-0123", base_url="http://127.0.0.1:9") as client, pytest.raises(ConfigurationError):
        client.create("x", image=io.BytesIO(b"GIF89a").getvalue())
