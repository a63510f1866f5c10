import base64
import json
import subprocess
import sys
from collections.abc import Callable
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bodydouble.contracts.pointers import JSON
from bodydouble.contracts.schema.images import ImageRules, broken_rules

Draw: TypeAlias = Callable[[int, int], bytes]

DOCUMENTED: dict[str, JSON] = {
    "formats": ["jpeg", "png"],
    "shorterSideOver": 300,
    "ratioOver": "2:5",
    "ratioUnder": "5:2",
    "maxBytes": 20_000_000,
}
RULES = ImageRules.from_json(DOCUMENTED)


def text_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def messages(value: str, rules: ImageRules = RULES) -> list[str]:
    return [fault.message for fault in broken_rules(value, rules)]


# Links


@pytest.mark.parametrize(
    "link",
    [
        "https://example.com/cat.png",
        "HTTP://EXAMPLE.COM",
        "hTTps://user:secret@example.com:8443/a?b=c#d",
        "http://[::1]:80/x",
        "http://127.0.0.1/x",
        "http://localhost?x",
        "https://bücher.example/ä.png",
        "https://example.com/" + "a" * 100_000,
    ],
)
def test_a_link_is_taken_as_it_is(link: str) -> None:
    assert messages(link) == []


@pytest.mark.parametrize(
    "link",
    [
        "http:",
        "https:/",
        "http://",
        "https:///cat.png",
        "http:example.com",
        "http://?x",
        "http://user@/x",
        "http://:80",
        "http://[::1",
        "http://a b/",
        " https://example.com",
        "https://example.com/a b.png",
        "https://example.com\n",
        "http://a\0b/",
        "http://example.com:http/",
    ],
)
def test_a_link_without_a_host_or_with_white_space_is_refused(link: str) -> None:
    assert messages(link) == ["the image's link must have a host and no white space"]


def test_a_port_beyond_the_last_one_is_refused() -> None:
    assert messages("http://example.com:65535/") == []
    assert messages("http://example.com:65536/") == [
        "the image's link must name a port up to 65535; it is 65536"
    ]


@pytest.mark.parametrize(
    "value",
    [
        "ftp://a/b.png",
        "file:///etc/passwd",
        "JavaScript:alert(1)",
        "blob:https://a/b",
        "C:\\cat.png",
        "s3://b/k",
    ],
)
def test_any_other_scheme_is_refused_by_name(value: str) -> None:
    (fault,) = broken_rules(value, RULES)
    scheme = value.partition(":")[0].lower()
    assert fault.message == (
        f"the image must be an http(s) link, a Base64 image or a data: URI; {scheme}: is none"
    )


def test_nothing_that_could_fetch_a_link_is_even_loaded() -> None:
    program = (
        "import sys; from bodydouble.contracts.schema.images import ImageRules, broken_rules;"
        "broken_rules('https://example.com/x.png', ImageRules(('png',)));"
        "print({'imagesize', 'urllib.request', 'http.client', 'socket'} & set(sys.modules) or '{}')"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "{}"


# Images inside the request


@pytest.mark.parametrize("name", ["png", "jpeg"])
@pytest.mark.parametrize("size", [(301, 301), (301, 752), (752, 301), (1920, 1080)])
def test_an_image_that_keeps_the_rules_is_fine(
    name: str, size: tuple[int, int], request: pytest.FixtureRequest
) -> None:
    content = request.getfixturevalue(name)(*size)
    text = text_of(content)
    for value in (
        text,
        text.rstrip("="),
        base64.encodebytes(content).decode(),
        f"data:image/{name};base64,{text}",
        f"DATA:IMAGE/{name.upper()};x=y;BASE64,{text}",
        f"data:;base64,{text}",
        f"data:application/octet-stream;base64,{text}",
        f"data:image/{name}," + "".join(f"%{byte:02X}" for byte in content),
    ):
        assert messages(value) == []


def test_the_shorter_side_must_exceed_its_bound(png: Draw) -> None:
    assert messages(text_of(png(300, 400))) == ["the image's shorter side must exceed 300 pixels; it is 300"]
    assert messages(text_of(png(400, 240))) == ["the image's shorter side must exceed 300 pixels; it is 240"]
    assert messages(text_of(png(301, 301))) == []


@given(width=st.integers(301, 3000), height=st.integers(301, 3000))
def test_both_bounds_of_the_ratio_are_excluded_and_exact(width: int, height: int, png: Draw) -> None:
    found = messages(text_of(resized(png(1, 1), width, height)))
    assert (found == []) == (2 * height < 5 * width and 2 * width < 5 * height)


@pytest.mark.parametrize(
    ("size", "says"),
    [
        ((400, 1000), "the image's width to height must exceed 2:5; it is 400:1000"),
        ((1000, 400), "the image's width to height must stay under 5:2; it is 1000:400"),
    ],
)
def test_a_ratio_on_its_bound_is_refused(size: tuple[int, int], says: str, png: Draw) -> None:
    assert messages(text_of(png(*size))) == [says]


@pytest.mark.parametrize("name", ["gif", "webp", "bmp"])
def test_another_format_is_refused_with_all_else_that_is_wrong(
    name: str, request: pytest.FixtureRequest
) -> None:
    content = request.getfixturevalue(name)(40, 200)
    assert messages(f"data:image/png;base64,{text_of(content)}") == [
        f"the image must be JPEG or PNG; it is {name.upper()}",
        f"the image is labelled image/png; its bytes are {name.upper()}",
        "the image's shorter side must exceed 300 pixels; it is 40",
        "the image's width to height must exceed 2:5; it is 40:200",
    ]


@pytest.mark.parametrize(
    ("content", "name"), [(b"<svg width='9' height='9'/>", "SVG"), (b"\0\0\0\x18ftypheic", "HEIF")]
)
def test_a_format_that_is_only_known_by_name_is_refused_by_it(content: bytes, name: str) -> None:
    assert messages(text_of(content)) == [f"the image must be JPEG or PNG; it is {name}"]


def test_a_label_that_contradicts_the_bytes_is_refused(png: Draw, jpeg: Draw) -> None:
    assert messages(f"data:image/jpeg;base64,{text_of(png(400, 400))}") == [
        "the image is labelled image/jpeg; its bytes are PNG"
    ]
    assert messages(f"data:text/plain,{''.join(f'%{b:02x}' for b in png(400, 400))}") == [
        "the image is labelled text/plain; its bytes are PNG"
    ]
    assert messages(f"data:image/jpg;base64,{text_of(jpeg(400, 400))}") == []


def test_a_byte_too_many_is_refused_and_a_byte_less_is_not(png: Draw) -> None:
    whole = png(400, 400)
    limit = ImageRules(("png",), max_bytes=len(whole))
    assert messages(text_of(whole), limit) == []
    assert messages(text_of(whole + b"x"), limit) == [
        f"the image must have at most {len(whole)} bytes; it has {len(whole) + 1}"
    ]


@pytest.mark.timeout(60)  # a step too many for each character or node would take minutes
def test_an_image_of_20_megabytes_and_a_byte_is_refused_before_it_is_decoded(gif: Draw) -> None:
    value = text_of(gif(40, 40) + bytes(20_000_001 - len(gif(40, 40))))
    assert messages(value) == [
        "the image must have at most 20000000 bytes; it has 20000001",
        "the image must be JPEG or PNG; it is GIF",
        "the image's shorter side must exceed 300 pixels; it is 40",
    ]


@pytest.mark.parametrize("name", ["png", "jpeg"])
def test_an_image_that_was_cut_off_is_damaged(name: str, request: pytest.FixtureRequest) -> None:
    content = request.getfixturevalue(name)(200, 200)
    (damage, side) = messages(text_of(content[:-3]))
    assert damage.startswith("the image is damaged: it ends")
    assert side == "the image's shorter side must exceed 300 pixels; it is 200"


def test_an_image_without_area_is_refused(png: Draw) -> None:
    assert messages(text_of(png(0, 500))) == [
        "the image must have an area; it is 0x500 pixels",
        "the image's shorter side must exceed 300 pixels; it is 0",
    ]


def test_a_small_file_that_claims_a_huge_size_is_refused(png: Draw) -> None:
    bomb = resized(png(1, 1), 2**31 - 1, 2**31 - 1)
    assert messages(text_of(bomb)) == [
        "the image must have at most 268435456 pixels; it claims 2147483647x2147483647 pixels"
    ]


def test_a_file_of_two_kinds_is_what_decoders_take_it_for(png: Draw) -> None:
    archive = b"PK\x05\x06" + bytes(18)
    assert messages(text_of(png(400, 400) + archive)) == []
    assert messages(text_of(b"GIF89a" + png(400, 400)))[0] == "the image must be JPEG or PNG; it is GIF"
    assert "no picture" in messages(text_of(b"<!-- " + png(400, 400)))[0]
    assert "no picture" in messages(text_of(archive + png(400, 400)))[0]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("", "the image is empty"),
        ("  \n", "the image is empty"),
        ("data:,", "the image is empty"),
        ("data:image/png;base64,", "the image is empty"),
        ("data:", "the image's data: URI cannot be read: a data: URI needs a comma before its data"),
        ("cat", "the image must be JPEG or PNG; what 'cat' decodes to is no picture"),
        ("kitten.png", "it cannot be read as Base64: '.' is no digit of it"),
        ("./kitten.png", "it cannot be read as Base64: '.' is no digit of it"),
        ("kätzchen", "it cannot be read as Base64: character 2 is outside ASCII"),
        ("\ud800", "it cannot be read as Base64: character 1 is outside ASCII"),
        ("\0\0\0\0", "it cannot be read as Base64: '\\x00' is no digit of it"),
        ("iVBORw0KGgo_", "it cannot be read as Base64: '_' belongs to the URL-safe alphabet"),
    ],
)
def test_what_is_no_image_at_all_is_refused_in_one_sentence(value: str, says: str) -> None:
    (message,) = messages(value)
    assert message.endswith(says)


# Any input at all


def resized(png: bytes, width: int, height: int) -> bytes:
    """Return ``png`` with another size in its header and the checksum made right."""
    from zlib import crc32  # noqa: PLC0415 - beside its only use

    header = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + png[24:29]
    return png[:12] + header + crc32(header).to_bytes(4, "big") + png[33:]


def is_clear(value: str, rules: ImageRules) -> bool:
    """Whether every fault is one printable line that quotes at most 60 characters of the value."""
    texts = [
        text for fault in broken_rules(value, rules) for text in (fault.message, fault.expected, fault.got)
    ]
    windows = {value[start : start + 61] for start in range(max(0, min(len(value) - 60, 300)))}
    return all(
        text and text.isprintable() and len(text) < 700 and not any(part in text for part in windows)
        for text in texts
    )


@given(st.text())
def test_any_string_is_judged_without_an_exception(value: str) -> None:
    assert is_clear(value, RULES)


@given(
    st.sampled_from(
        ["data:", "data:image/png,", "data:;base64,", "http://", "http:", "data:a/b;c=", " DATA:"]
    ),
    st.text(),
)
def test_any_string_after_a_scheme_is_judged_without_an_exception(scheme: str, value: str) -> None:
    assert is_clear(scheme + value, RULES)


@given(label=st.text(min_size=1))
def test_any_label_of_a_real_image_is_judged_without_an_exception(label: str, png: Draw) -> None:
    assert is_clear(f"data:{label};base64,{text_of(png(310, 310))}", RULES)


@given(st.binary())
def test_any_bytes_are_judged_without_an_exception(content: bytes) -> None:
    assert broken_rules(text_of(content), RULES)
    assert is_clear(text_of(content), RULES)


@given(data=st.data())
def test_any_change_of_a_real_image_is_judged_without_an_exception(
    data: st.DataObject, png: Draw, jpeg: Draw, gif: Draw
) -> None:
    content = bytearray(data.draw(st.sampled_from([png(310, 310), jpeg(310, 310), gif(8, 8)])))
    for _ in range(data.draw(st.integers(1, 4))):
        index = data.draw(st.integers(0, min(len(content) - 1, 700)))
        content[index : index + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    assert is_clear(text_of(bytes(content)), RULES)


@pytest.mark.parametrize(
    "value", ["x" * 90, "data:" + "y" * 90 + ",!", "ftp:" + "z" * 90, "http: " + "w" * 90]
)
def test_a_fault_never_quotes_more_than_60_characters_of_the_value(value: str) -> None:
    (fault,) = broken_rules(value, RULES)
    letters = value[10]
    assert max(text.count(letters) for text in (fault.message, fault.got)) <= 60
    assert letters * 30 in fault.message + fault.got


# The rules themselves


def test_rules_are_read_from_json() -> None:
    assert (
        ImageRules(
            formats=("jpeg", "png"),
            shorter_side_over=300,
            ratio_over=(2, 5),
            ratio_under=(5, 2),
            max_bytes=20_000_000,
        )
        == RULES
    )
    assert ImageRules.from_json({"formats": ["png"]}) == ImageRules(("png",))


def test_rules_that_are_left_out_hold_nothing_back(png: Draw) -> None:
    assert messages(text_of(png(1, 900)), ImageRules(("png",))) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"formats": []}, "'formats' lists at least one of jpeg"),
        ({"formats": None}, "'formats' lists"),
        ({"formats": "png"}, "'formats' lists"),
        ({"formats": ["jpg"]}, r"not \['jpg'\]"),
        ({"formats": [["png"]]}, "'formats' lists"),
        ({"formats": ["svg"]}, "'formats' lists"),
        ({"shorterSideOver": 0}, "'shorterSideOver' is a whole number from 1, not 0"),
        ({"shorterSideOver": True}, "not True"),
        ({"maxBytes": "20 MB"}, "'maxBytes' is a whole number from 1, not '20 MB'"),
        ({"maxBytes": 1.5}, "not 1.5"),
        ({"ratioOver": "2/5"}, "'ratioOver' is width to height like '2:5', not '2/5'"),
        ({"ratioOver": "0:5"}, "not '0:5'"),
        ({"ratioOver": "2:" + "9" * 5000}, "'ratioOver' is width to height"),
        ({"ratioUnder": 2.5}, "not 2.5"),
        ({"ratioUnder": "2:5"}, "no ratio is over 2:5 and under 2:5"),
        ({"maxbytes": 1}, "have no 'maxbytes'; they know formats, shorterSideOver"),
    ],
)
def test_rules_that_make_no_sense_are_a_clear_error(change: dict[str, JSON], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ImageRules.from_json({**DOCUMENTED, **change})


@pytest.mark.parametrize("value", [None, True, 1, "png", ["png"]])
def test_rules_are_an_object(value: JSON) -> None:
    with pytest.raises(ValueError, match="image rules are an object, not"):
        ImageRules.from_json(value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(list(DOCUMENTED)), inner),
        max_leaves=8,
    )
)
def test_any_json_is_rules_or_a_value_error(value: JSON) -> None:
    try:
        ImageRules.from_json(value)
    except ValueError as error:
        assert str(error).isprintable()  # noqa: PT017 - either outcome is right


def test_the_documented_rules_are_json() -> None:
    assert ImageRules.from_json(json.loads(json.dumps(DOCUMENTED))) == RULES
