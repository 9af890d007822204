"""Files that cannot be taken: one exception, one line that names the file and the place."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from organising.representatives.readers import UnreadableFile, detect, read_any, read_source


def refused(path: Path) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read_source(path)
    line = str(caught.value)
    assert line.startswith(str(path))
    assert "\n" not in line
    return caught.value


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    def write(content: bytes | str, name: str = "file") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_gzip_is_told_by_its_bytes_and_not_its_name(
    save: Callable[..., Path], fixture_file: Callable[[str], Path]
) -> None:
    plain = fixture_file("popolo.json").read_bytes()
    assert detect(save(gzip.compress(plain), "members.txt")) == "popolo"
    assert detect(save(plain, "members.json.gz")) == "popolo"
    assert detect(save(gzip.compress(fixture_file("mp_table.csv").read_bytes()), "table")) == "mp_table"


def test_a_gzip_file_of_two_parts_is_read_to_its_end(
    save: Callable[..., Path], fixture_file: Callable[[str], Path]
) -> None:
    plain = fixture_file("mp_table.csv").read_bytes()
    assert len(read_source(save(gzip.compress(plain[:300]) + gzip.compress(plain[300:]))).areas) == 7


@pytest.mark.parametrize("kept", [2, 20, -1, -9])
def test_a_truncated_gzip_file(
    save: Callable[..., Path], fixture_file: Callable[[str], Path], kept: int
) -> None:
    packed = gzip.compress(fixture_file("popolo.json").read_bytes())[:kept]
    error = refused(save(packed))
    assert (error.place, error.reason) == (f"byte {len(packed)}", "the gzip file is cut short")


def test_a_damaged_gzip_file(save: Callable[..., Path], fixture_file: Callable[[str], Path]) -> None:
    packed = bytearray(gzip.compress(fixture_file("popolo.json").read_bytes()))
    packed[-5] ^= 0xFF
    assert "the gzip file is damaged" in refused(save(bytes(packed))).reason


def test_latin_1_bytes_name_line_and_byte(save: Callable[..., Path]) -> None:
    error = refused(save("pcon_name,pcon_code\nYnys Môn,W1\n".encode("latin-1")))
    assert error.place == "line 2, byte 26"
    assert "0xF4 is not UTF-8" in error.reason


def test_utf_16_is_named(save: Callable[..., Path]) -> None:
    assert "UTF-16" in refused(save("pcon_name,pcon_code".encode("utf-16"))).reason


@pytest.mark.parametrize("content", [b"", b"  \n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
def test_an_empty_file(save: Callable[..., Path], content: bytes) -> None:
    assert refused(save(content)).reason == "the file is empty"


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (
            "# Where these files are from\n\nFrom the register, by hand, in May.\n",
            "line 1",
            "not a table: “# Where these files are from” names no columns; published files are CSV or JSON",
        ),
        (
            "Read this first, please.\n\nFrom the register, by hand, in May.\n",
            "line 3",
            "not a table: 3 cells where the header has 2",
        ),
    ],
)
def test_a_note_that_lies_beside_the_data_is_no_table(
    save: Callable[..., Path], text: str, place: str, reason: str
) -> None:
    error = refused(save(text, "README.md"))
    assert (error.place, error.reason) == (place, reason)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert refused(tmp_path / "nowhere.json").reason == "there is no such file"
    assert refused(tmp_path).reason == "this is a folder, not a file"


def test_json_that_stops_names_line_and_column(save: Callable[..., Path]) -> None:
    assert refused(save('{"persons": [\n  {"id": 1},')).place == "line 2, column 13"


@pytest.mark.parametrize(
    "shape",
    [
        [],
        {"items": []},
        {"type": "FeatureCollection"},
        {"persons": []},
        [{"id": "uk.org.publicwhip/person/1"}],
    ],
)
def test_json_of_another_kind(save: Callable[..., Path], shape: object) -> None:
    error = refused(save(json.dumps(shape)))
    assert error.place == "$"
    assert "not a Popolo file" in error.reason


WHOLE: dict[str, list[object]] = {"persons": [], "memberships": [], "posts": [], "organizations": []}
COMMONS = {"id": "c/1", "organization_id": "house-of-commons", "area": {"name": "Fablewick"}}


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        ({"persons": {}}, "$.persons", "expected a list, found an object"),
        ({"persons": ["x"]}, "$.persons[0]", "expected an object, found text"),
        ({"persons": [{"name": "x"}]}, "$.persons[0].id", "is missing"),
        (
            {"persons": [{"id": "p", "other_names": [{"family_name": ["x"]}]}]},
            "$.persons[0].other_names[0].family_name",
            "expected text",
        ),
        (
            {"persons": [{"id": "p", "other_names": [{"name": "\ud800"}]}]},
            "$.persons[0].other_names[0].name",
            "a character that is none",
        ),
        ({"posts": [{**COMMONS, "area": "Fablewick"}]}, "$.posts[0].area", "expected an object, found text"),
        ({"posts": [{**COMMONS, "area": {}}]}, "$.posts[0].area.name", "is missing"),
        (
            {"memberships": [{"person_id": True, "organization_id": "house-of-lords"}]},
            "$.memberships[0].person_id",
            "expected text, found true",
        ),
        ({"memberships": None}, "", ""),
    ],
)
def test_json_of_another_shape_names_its_path(
    save: Callable[..., Path], change: dict[str, object], place: str, reason: str
) -> None:
    path = save(json.dumps({**WHOLE, **change}))
    if not place:
        assert read_source(path).holdings == ()
        return
    error = refused(path)
    assert error.place == place
    assert reason in error.reason


def test_a_list_that_is_missing_is_named(save: Callable[..., Path]) -> None:
    assert str(refused(save(json.dumps({"persons": [], "memberships": []})))).endswith(
        "$.organizations: is missing"
    )


@pytest.mark.parametrize("column", ["member_email", "pcon_code"])
def test_a_missing_column_is_named(
    save: Callable[..., Path], fixture_file: Callable[[str], Path], column: str
) -> None:
    text = (
        fixture_file("mp_table.csv")
        .read_text(encoding="utf-8-sig")
        .replace(f'"{column}"', '"something_else"')
    )
    error = refused(save(text))
    assert (error.place, error.reason) == ("line 1", f"the column “{column}” is missing")


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("a,b,c\n1,2,3\n", "line 1", "not a table of representatives"),
        ("pcon_name,pcon_code,member_id\n", "line 2", "no row under the header"),
        ("pcon_name,pcon_code,pcon_code\nx,y,z\n", "line 1", "“pcon_code” appears twice"),
        ("pcon_name,pcon_code,member_id\nx,y\n", "line 2", "2 cells where the header has 3"),
        ('pcon_name,pcon_code,member_id\nx,"y,z\n', "line 2", "not valid CSV"),
        ("pcon_name,pcon_code,member_id\nx,\0,z\n", "line 2, column 3", "a zero byte"),
        ("<html><body>Not found</body></html>", "line 1", "XML or HTML"),
    ],
)
def test_tables_that_are_none(save: Callable[..., Path], text: str, place: str, reason: str) -> None:
    error = refused(save(text))
    assert error.place == place
    assert reason in error.reason


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("postcodes.csv", "pcds,pcon24cd\nZA1 0AA,E14009999\n", "organising postcodes import"),
        (
            "outcodes.csv",
            "outcode,pcon24cd,postcodes,share\nZA1,E14009999,3,1.0\n",
            "an outcode is no postcode",
        ),
        ("ranges.json", '{"postcode_keys": [1], "value_key": [1], "value_values": ["a"]}', "table of ranges"),
        ("answer.json", '{"status": 200, "result": {"postcode": "ZA1 0AA"}}', "POSTCODES_URL"),
    ],
)
def test_a_file_of_another_command_is_told_apart(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(UnreadableFile, match=said):
        read_any(path)
