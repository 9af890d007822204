"""The published registers themselves, where a developer has them: every count that their documentation promises."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from flask import Flask

from organising.cli import main

AS_OF = "2026-08-20"
# File → what is counted → number, as the data's own description has them.
COUNTS: dict[str, dict[str, int]] = {
    "constituencies_2024.csv": {"area": 650},
    "constituencies_2010_2024.csv": {"area": 650},
    "pcon_2024_lookup.json": {"area": 650},
    "PARL10_PARL25_combo_overlap.csv": {"overlap": 1306},
    "constituency-area-overlaps.csv": {"overlap": 1438},
    "lookup-LAD24CD-PCON24CD.json": {"overlap": 949},
    "uk-constituencies-2024.hexjson": {"hexagon": 650},
    "uk-constituencies-2023.hexjson": {"hexagon": 650},
    "constituencies-2010-2024.hexjson": {"hexagon": 650},
    "uk-local-authority-districts-2023.hexjson": {"hexagon": 361},
    "nhs-icb-2022.hexjson": {"hexagon": 42},
    "responsibilities.csv.gz": {"responsibility": 20_050},
    "police_force_areas.json": {"area": 45, "institution": 45},
    "icb.json": {"area": 42, "institution": 42},
    "regions.json": {"area": 9},
    "nhs_regions.json": {"area": 7},
    "countries.json": {"area": 4},
    "nhs_trusts_etr.csv": {"institution": 274},
    "uk_local_authorities_current.csv.gz": {"area": 470, "institution": 470},
    "police_bodies_wdtk.json": {"institution": 250},
}
REFUSED = {"Westminster_Parliamentary_Constituencies_July_2024_Boundaries_UK_BUC.geojson.gz"}


def take(environment: Mapping[str, str], *arguments: str) -> dict[str, Any]:
    command = ["representatives", "import", "--json", "--keep-going", "--as-of", AS_OF, *arguments]
    result = CliRunner().invoke(main, command, env=dict(environment))
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_both_folders_import_in_one_command_twice(
    app: Flask, environment: dict[str, str], test_data: Path
) -> None:
    folders = [str(test_data / name) for name in ("constituencies", "reference")]
    first = take(environment, *folders)
    by_file = {Path(one["file"]).name: one for one in first["files"]}
    assert {Path(one["file"]).name for one in first["refused"]} == REFUSED
    for name, counts in COUNTS.items():
        found = {what: sum(outcomes.values()) for what, outcomes in by_file[name]["counts"].items()}
        assert {what: found.get(what) for what in counts} == counts, name
    shares = by_file["responsibilities_by_constituency.csv.gz"]
    # 5,898 lines, of which one is the header.
    assert sum(shares["counts"]["overlap"].values()) + sum(shares["ignored"].values()) == 5_897
    second = take(environment, *folders)
    again = {
        Path(one["file"]).name: one["counts"]
        for one in second["files"]
        if one["created"] or one["updated"] or one["closed"]
    }
    assert again == {}
    assert (second["created"], second["updated"], second["closed"]) == (0, 0, 0)
