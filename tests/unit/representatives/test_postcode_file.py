"""Reading tables of postcodes: what is taken, and each way in which a file can't be."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from organising.representatives.postcode_file import Place, PostcodeFile, UnusableFile, read_postcodes

OLD = "pcd,pcds,doterm,oscty,oslaua,osward,ctry,pcon,pfa,icb,imd"
NEW = "pcd7,pcd8,pcds,dointr,doterm,cty25cd,lad25cd,wd25cd,ctry25cd,pcon10cd,pcon24cd,pfa23cd,icb23cd"


def read(tmp_path: Path, *lines: str, name: str = "table.csv", **options: bool) -> PostcodeFile:
    path = tmp_path / name
    path.write_bytes("\r\n".join(lines).encode())
    return read_postcodes(path, **options)


def test_the_columns_of_the_old_directory(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        OLD,
        "ZA1 1AA,ZA1 1AA,,E99999999,E09000033,E05013806,E92000001,E14001172,E23000001,E54000027,1",
        '"ZA1 1AB","ZA1 1AB","199606",E99999999,E09000033,E05013806,E92000001,E14001172,E23000001,E54000027,1',
    )
    assert found.rows == 2
    assert found.terminated == 1
    assert found.places == [
        Place("E14001172", "E92000001", "", "E09000033", "E05013806", "E23000001", "E54000027")
    ]
    assert found.chunks[0].keys == "ZA11AA,ZA11AB"
    assert found.chunks[0].ends == ",1996-06-01"


def test_the_columns_of_the_new_directory_and_the_newest_of_two_years(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "\ufeff" + NEW,
        "ZA1 1AA,ZA1  1AA,ZA1 1AA,198001,,E10000016,E07000111,E05009960,E92000001,E14000999,E14001465,E23000032,E54000032",
    )
    assert found.places == [
        Place("E14001465", "E92000001", "E10000016", "E07000111", "E05009960", "E23000032", "E54000032")
    ]


def test_gzip_and_unknown_columns(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(gzip.compress(b"colour,pcon24cd,pcds\nred,E14001172,za1 1aa\n"))
    found = read_postcodes(path)
    assert (found.rows, found.columns, found.chunks[0].keys) == (1, {"constituency"}, "ZA11AA")


def test_pseudo_codes_are_none(tmp_path: Path) -> None:
    found = read(tmp_path, "pcds,pcon24cd,ctry", "ZA1 1AA,E99999999,E92000001", "ZA1 1AB,,L93000001")
    assert found.without_constituency == 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("ZA1,E14001172,", "“ZA1” is not a postcode"),
        ("ZA1 1AA,E14001172,", "ZA1 1AA stands on an earlier line too"),
        ("za11aa,E14001173,", "ZA1 1AA stands on an earlier line too"),
        ("ZA1 1AB,Aldershot,", "“Aldershot” is not an area's code such as E14001063"),
        ("ZA1 1AB,E14001172,201913", "“201913” is not a month such as 201906"),
        ("ZA1 1AB,E14001172,2019", "“2019” is not a month such as 201906"),
        ("ZA1 1AB", "1 columns, of which the header names more"),
        (",E14001172,", "“” is not a postcode"),
    ],
)
def test_a_bad_line_is_told_with_its_number(tmp_path: Path, line: str, reason: str) -> None:
    lines = ("pcds,pcon24cd,doterm", "ZA1 1AA,E14001172,", line)
    with pytest.raises(UnusableFile, match="1 bad lines; nothing was taken") as refused:
        read(tmp_path, *lines)
    assert refused.value.lines == [f"line 3: {reason}"]
    assert read(tmp_path, *lines, skip_bad=True).rows == 1


def test_of_many_bad_lines_twenty_are_shown_and_all_counted(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="50 bad lines") as refused:
        read(tmp_path, "pcds,pcon24cd", *["nonsense,E14001172"] * 50)
    assert len(refused.value.lines) == 20


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([""], "is empty"),
        (["pcds,pcon24cd"], "no postcodes below its header"),
        (["ZA1 1AA,E14001172"], "has no header"),
        (["name,pcon24cd", "x,E14001172"], "no column of postcodes"),
        (["outcode,pcon24cd,postcodes,share", "ZA1,E14001172,5,1.0"], "first halves of postcodes"),
        (['{"postcode_keys": [1, 2]}'], "not CSV. A table of ranges"),
        (["pcds,pcon24cd", 'ZA1 1AA,"E14001172'], "is not CSV"),
    ],
)
def test_a_file_that_is_no_such_table(tmp_path: Path, lines: list[str], reason: str) -> None:
    with pytest.raises(UnusableFile, match=reason):
        read(tmp_path, *lines)


def test_files_that_are_not_text(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="can't be read"):
        read_postcodes(tmp_path / "absent.csv")
    with pytest.raises(UnusableFile, match="is a folder"):
        read_postcodes(tmp_path)
    path = tmp_path / "table.csv"
    path.write_bytes(b"pcds,pcon24cd\n\xff\xfe,E14001172\n")
    with pytest.raises(UnusableFile, match="not text in UTF-8"):
        read_postcodes(path)
    path.write_bytes(gzip.compress(b"pcds,pcon24cd\nZA1 1AA,E14001172\n" * 99)[:-12])
    with pytest.raises(UnusableFile, match="can't be read"):
        read_postcodes(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Data/table.csv", "pcds,pcon24cd\n")
    with pytest.raises(UnusableFile, match="unpack it"):
        read_postcodes(path)


def test_the_real_files(test_data: Path) -> None:
    folder = test_data / "postcodes"
    sample = read_postcodes(folder / "gb_postcodes_pcon24.sample.csv.gz")
    assert (sample.rows, len({place.constituency for place in sample.places})) == (40_448, 632)
    nowhere = read_postcodes(folder / "gb_postcodes_no_constituency.csv")
    assert (nowhere.rows, nowhere.without_constituency) == (868, 868)
    for name, reason in (("gb_outcodes_pcon24.csv", "first halves"), ("pcon_2024.json", "table of ranges")):
        with pytest.raises(UnusableFile, match=reason):
            read_postcodes(folder / name)
