"""The NHS trusts' postcodes, decoded here from a table of ranges that the product refuses, agree one by one."""

from __future__ import annotations

import csv
import json
from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from organising.representatives.postcode_file import read_postcodes
from organising.representatives.services import AnswerKind, find_areas, import_postcodes
from tests.support.postcodes import importing, real_seats


def decoder(path: Path) -> Callable[[str], str]:
    """Short code by postcode. Keys are differences of range starts; a value 0 repeats the one two back."""
    table = json.loads(path.read_text())
    starts, at = [], 0
    for difference in table["postcode_keys"]:
        at += difference
        starts.append(at)
    values: list[int] = []
    for key in table["value_key"]:
        values.append(values[-2] if key == 0 else key - 1)
    assert len(starts) == len(values)
    assert starts == sorted(starts)

    def decode(postcode: str) -> str:
        place = bisect_right(starts, int(postcode.replace(" ", ""), 36)) - 1
        return str(table["value_values"][values[place]])

    return decode


@pytest.mark.slow
def test_the_trusts_agree_one_by_one(app: Flask, test_data: Path) -> None:
    decode = decoder(test_data / "postcodes" / "pcon_2024.json")
    with (test_data / "constituencies" / "constituencies_2024.csv").open(encoding="utf-8-sig") as stream:
        code_of = {}
        for row in csv.DictReader(stream):
            code_of[row["short_code"]] = code_of[row["three_code"]] = row["gss_code"]
    real_seats(app, test_data)
    files = [
        read_postcodes(test_data / "postcodes" / name)
        for name in ("gb_postcodes_pcon24.full.csv.gz", "gb_postcodes_no_constituency.csv")
    ]
    with importing(app) as session:
        results, _ = import_postcodes(files)
        session.commit()
    assert [(one.rows, one.created, one.without_constituency) for one in results] == [
        (1_733_406, 1_733_406, 0),
        (868, 868, 868),
    ]
    assert set(results[0].unknown) == set()
    with (test_data / "reference" / "nhs_trusts_etr.csv").open(encoding="utf-8-sig") as stream:
        trusts = sorted({row[9] for row in csv.reader(stream) if row[9]})
    agreed, absent, wrong = 0, [], []
    with importing(app):
        for postcode in trusts:
            answer = find_areas(postcode)
            if answer.kind is AnswerKind.NOT_IN_TABLE:
                absent.append(postcode)
            elif answer.constituency and answer.constituency.gss_code == code_of[decode(postcode)]:
                agreed += 1
            else:
                wrong.append((postcode, answer.kind, decode(postcode)))
        belfast = find_areas("BT1 5GS")
    print(f"{len(trusts)} postcodes of trusts: {agreed} agree, {len(absent)} not in the table {absent}")
    assert wrong == []
    assert agreed + len(absent) == len(trusts)
    assert agreed > 0.9 * len(trusts)
    assert belfast.kind is AnswerKind.NORTHERN_IRELAND
