"""Reading Excel workbooks: cells as a person would type them, and what is refused before anything opens it."""

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from organising.platform import workbooks
from organising.platform.sheets import LONGEST_CELL, UnreadableSheet, read_sheet
from tests.support.uploads import altered


@pytest.fixture(autouse=True)
def in_a_request(app):
    with app.test_request_context():
        yield


def saved(book):
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def workbook(*rows, **named):
    """A workbook of one sheet, or of several by name."""
    book = Workbook()
    book.remove(book.active)
    for name, lines in (named or {"Sheet1": rows}).items():
        sheet = book.create_sheet(name)
        for row in lines:
            sheet.append(row)
    return book


def repacked(content, **changed):
    """The same archive with some parts in place of others, or beside them."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, changed.pop(part.filename, None) or old.read(part.filename))
        for name, data in changed.items():
            new.writestr(name, data)
    return kept.getvalue()


PLAIN = saved(workbook(("Name", "Email"), ("Llŷr Tŵr", "l@example.org")))


def test_cells_are_read_as_a_person_would_type_them():
    sheet = read_sheet(
        saved(
            workbook(
                ("Name", "Phone", "Joined", "Member", "Total", None),
                (" Llŷr Tŵr ", 447700900001.0, date(2024, 6, 1), True, "=SUM(A1:A2)", None),
                (),
                ("Zoë", 7700900002, datetime(2024, 6, 1, 9, 30), None, ArrayFormula("E4", "=A1:A2"), None),
            )
        )
    )
    assert sheet.headers == ("Name", "Phone", "Joined", "Member", "Total")
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (2, ("Llŷr Tŵr", "447700900001", "2024-06-01", "TRUE", "=SUM(A1:A2)")),
        (4, ("Zoë", "7700900002", "2024-06-01T09:30:00", "", "=")),
    ]
    assert sheet.name == ""


def test_of_several_sheets_the_first_that_shows_and_holds_something_is_read_and_named():
    book = workbook(Hidden=[("Secret",), ("x",)], Empty=[], Members=[("Name",), ("Amara",)], Other=[("No",)])
    book["Hidden"].sheet_state = "hidden"
    sheet = read_sheet(saved(book))
    assert (sheet.name, sheet.headers, sheet.rows[0].cells) == ("Members", ("Name",), ("Amara",))


def test_a_sheet_that_says_it_is_as_wide_as_can_be_is_read_for_what_it_holds():
    inside = zipfile.ZipFile(io.BytesIO(PLAIN)).read("xl/worksheets/sheet1.xml")
    wide = inside.replace(b'<dimension ref="A1:B2"', b'<dimension ref="A1:XFD1048576"')
    assert wide != inside
    assert len(read_sheet(repacked(PLAIN, **{"xl/worksheets/sheet1.xml": wide})).rows) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (lambda: saved(workbook(("Name", "=A2"), ("a", "b"))), "Row 1, column 2: the header is a formula"),
        (lambda: saved(workbook(("Name", "name"), ("a", "b"))), "Columns 1 and 2 are both called"),
        (lambda: saved(workbook(("Name",), ("a", "b"))), "Row 2 has more cells"),
        (lambda: saved(workbook(("Name",), ("x" * (LONGEST_CELL + 1),))), "Row 2, column 1: the cell is longer"),
        (lambda: saved(workbook(())), "nothing in this workbook"),
        (lambda: saved(workbook(("Name",))), "nothing below it"),
        (lambda: workbooks.OLD + b"xls", "old kind"),
        (lambda: PLAIN[:-30], "damaged"),
        (lambda: PLAIN[:200] + b"\0" * 50 + PLAIN[250:], "damaged"),
        (lambda: altered(PLAIN, zipfile.ZIP_DEFLATED), "damaged"),
        (lambda: altered(PLAIN, zipfile.ZIP_BZIP2), "damaged"),
        (lambda: altered(PLAIN, zipfile.ZIP_LZMA), "damaged"),
        (lambda: repacked(PLAIN, **{"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row>"}), "damaged"),
        (lambda: repacked(PLAIN, **{"xl/worksheets/sheet1.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "declares"),
        (lambda: repacked(PLAIN, **{"xl/media/bomb.xml": b"0" * (5 << 20)}), "“xl/media/bomb.xml” .* unpacks to more than"),
        (lambda: repacked(PLAIN, **{f"xl/{n}": b"0" for n in range(2_001)}), "damaged"),
        (lambda: repacked(b"PK\x05\x06" + b"\0" * 18, mimetype=b"application/vnd.oasis"), "no Excel workbook"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(monkeypatch, content, says):
    monkeypatch.setattr(workbooks, "MOST_UNPACKED", 4 << 20)
    with pytest.raises(UnreadableSheet, match=says):
        read_sheet(content())


def test_a_bomb_that_lies_about_its_size_is_refused_before_anything_opens_it():
    """Its table of contents says 10 bytes; what it unpacks to is more than may be held."""
    bomb = bytearray(repacked(PLAIN, bomb=b"0" * (workbooks.MOST_UNPACKED + 1)))
    size = (workbooks.MOST_UNPACKED + 1).to_bytes(4, "little")
    assert bomb.count(size) == 2
    assert len(bomb) < 1 << 20
    lying = bytes(bomb).replace(size, (10).to_bytes(4, "little"))
    for content in (bytes(bomb), lying):
        with pytest.raises(UnreadableSheet, match=r"unpacks to more than 200 MB|damaged"):
            read_sheet(content)
