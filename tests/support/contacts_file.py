"""A large file of invented people for imports: most of them right, some wrong in each of twelve ways."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HEADERS = (
    "First name", "Last name", "Email", "Phone", "Address", "Postcode", "Sector", "Job title", "Language",
    "Branch", "Tags", "Notes",
)  # fmt: skip
GIVEN = (
    "Amara",
    "Niamh",
    "Llŷr",
    "Inés",
    "Zoë",
    "Siân",
    "Tomasz",
    "Oluwaseun",
    "Ffion",
    "Chidi",
    "Mair",
    "Paweł",
)
FAMILY = (
    "Okafor",
    "O’Brien",
    "Tŵr",
    "Márquez",
    "Ash",
    "Llwyd-Jones",
    "Nowak",
    "Adeyemi",
    "Rees",
    "Da Silva",
    "Vale",
)
SECTORS = ("Education", "health", "", "Local council", "", "Jobcentres")
JOBS = ("Teacher", "Nurse", "", "Teaching assistant", "Caseworker", "")
TAGS = ("volunteer, stall", "member", "", "press", "stall; evenings", "")
# How a row is made wrong: the column that a fault is told of, and what is put there.
FAULTS: Sequence[tuple[str, Callable[[dict[str, str]], None]]] = (
    ("name", lambda row: row.update({"First name": "", "Last name": ""})),
    ("First name", lambda row: row.update({"First name": "=HYPERLINK(A1)"})),
    ("name", lambda row: row.update({"Last name": "Very " * 50})),
    ("Email", lambda row: row.update({"Email": "not an address"})),
    ("Email", lambda row: row.update({"Email": "two@@example.org"})),
    ("Phone", lambda row: row.update({"Phone": "12345"})),
    ("Phone", lambda row: row.update({"Phone": "ring the office"})),
    ("Postcode", lambda row: row.update({"Postcode": "E1"})),
    ("Sector", lambda row: row.update({"Sector": "Wizardry"})),
    ("Branch", lambda row: row.update({"Branch": "Atlantis branch"})),
    ("Tags", lambda row: row.update({"Tags": ",".join(f"word {n}" for n in range(31))})),
    ("Notes", lambda row: row.update({"Notes": "Her visa has expired."})),
)
# One row in twenty is wrong.
EVERY = 20


@dataclass(frozen=True)
class Made:
    """A file, and what has to be said of it: the column of each fault by the row's number as a spreadsheet counts."""

    content: bytes
    faults: dict[int, str]
    rows: int

    @property
    def right(self) -> int:
        return self.rows - len(self.faults)


def row_of(number: int) -> dict[str, str]:
    """A person who is in order; no two are the same by the strict rule."""
    given, family = GIVEN[number % len(GIVEN)], FAMILY[number * 7 % len(FAMILY)]
    return dict(
        zip(
            HEADERS,
            (
                given, f"{family} {_letters(number)}", f"{given[0].lower()}{number}@example.org",
                f"0770 0{900000 + number % 1000}" if number % 3 else "", f"{number % 200 + 1} Invented Road\nLeeds",
                f"{('E', 'N', 'M', 'L')[number % 4]}{number % 9 + 1} {number % 10}AB",
                SECTORS[number % len(SECTORS)], JOBS[number % len(JOBS)], "cy" if number % 10 == 0 else "", "",
                TAGS[number % len(TAGS)], "Likes evenings." if number % 5 == 0 else "",
            ),
            strict=True,
        )
    )  # fmt: skip


def mixed_file(rows: int) -> Made:
    """A CSV file of so many rows, one in twenty of them wrong, in each of the twelve ways in turn."""
    written = io.StringIO()
    writer = csv.DictWriter(written, HEADERS)
    writer.writeheader()
    faults: dict[int, str] = {}
    for number in range(rows):
        row = row_of(number)
        if number % EVERY == EVERY - 1:
            column, spoil = FAULTS[number // EVERY % len(FAULTS)]
            spoil(row)
            faults[number + 2] = column
        writer.writerow(row)
    return Made(written.getvalue().encode("utf-8-sig"), faults, rows)


def _letters(number: int) -> str:
    """A number as a word, so that names differ as names do."""
    word = ""
    while True:
        number, letter = divmod(number, 26)
        word += chr(97 + letter)
        if not number:
            return word.capitalize()
