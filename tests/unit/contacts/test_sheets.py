"""Reading tables as people save them: what is read, and what is refused with its place."""

import pytest

from organising.contacts.mapping import Column, guess
from organising.platform import sheets
from organising.platform.sheets import LONGEST_CELL, UnreadableSheet, read_sheet

PLAIN = "Name,Email\nLlŷr Tŵr,l@example.org\n"


@pytest.fixture(autouse=True)
def in_a_request(app):
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(), b"\xef\xbb\xbf" + PLAIN.encode(), PLAIN.encode("utf-16"), PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(), PLAIN.replace("\n", "\r\n").encode(),
        'Name,Email\n"Llŷr\nTŵr",l@example.org\n'.replace("\nT", " T").encode(),
        "Name,Email,,\nLlŷr Tŵr,l@example.org,,\n\n,,,\n".encode(),
    ],
)  # fmt: skip
def test_a_table_is_read_however_it_was_saved(content):
    sheet = read_sheet(content)
    assert sheet.headers == ("Name", "Email")
    assert [(row.number, row.cells) for row in sheet.rows] == [(2, ("Llŷr Tŵr", "l@example.org"))]


def test_what_windows_wrote_keeps_its_letters():
    assert read_sheet("Name\nZoë O’Brien\n".encode("cp1252")).rows[0].cells == ("Zoë O’Brien",)


def test_rows_are_counted_as_a_spreadsheet_counts_them():
    sheet = read_sheet(b"Name\nA\n\nB\n")
    assert [row.number for row in sheet.rows] == [2, 4]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "first row is empty"),
        (b"\n\n", "first row is empty"),
        (b"Name,Email\n", "nothing below it"),
        (b"Name,E-mail,e mail\nA,b,c\n", "Columns 2 and 3 are both called"),
        (b"Name,Email\nA,b,c\n", "Row 2 has more cells"),
        (b"Name\nA\nB\0\n", "Row 3 holds a letter that is no letter"),
        (b'Name\nA\n"B\n', "quotation mark"),
        (b"Name\nA\n\x81\x8d\n", "Row 3 holds letters that can"),
        (b"\xff\xfeN", "middle of a letter"),
        (b"PK\x03\x04zip", "damaged"),
        (b"Name\n" + b"x" * (LONGEST_CELL + 1) + b"\n", "Row 2, column 1: the cell is longer"),
        (b"Name\n" + b"x\n" * 1_001, "more than 1,000 rows"),
        (b"x" * (2**20 + 1), "larger than 1 MB"),
        (b"h" * 201 + b"\na\n", "Row 1, column 1: the header is longer"),
        (b"Name,=A1\na,b\n", "Row 1, column 2: the header is a formula"),
        (",".join(f"c{n}" for n in range(101)).encode() + b"\n1\n", "more than 100 columns"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(monkeypatch, content, says):
    monkeypatch.setattr(sheets, "MOST_ROWS", 1_000)
    monkeypatch.setattr(sheets, "MOST_BYTES", 2**20)
    with pytest.raises(UnreadableSheet, match=says):
        read_sheet(content)


def test_columns_are_guessed_from_what_other_systems_call_them():
    headers = ("First Name", "Surname", "E-mail", "Mobile Phone", "Home phone", "Address Line 1", "Town/City",
               "Post Code", "Employer", "Job title", "Tag list", "Notes", "Shoe size", "Email address", "Postcode")  # fmt: skip
    found = guess(headers)
    assert [found.get(place) for place in range(len(headers))] == [
        Column.FIRST_NAME, Column.LAST_NAME, Column.EMAIL, Column.PHONE, Column.PHONE, Column.ADDRESS, Column.ADDRESS,
        Column.POSTCODE, Column.WORKPLACE, Column.JOB, Column.TAGS, Column.NOTE, None, Column.EMAIL, None,
    ]  # fmt: skip
