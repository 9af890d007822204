"""How two wordings of a report differ, field by field, for a person to read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from organising.platform.db import db
from organising.platform.differences import Passage, compare_texts
from organising.representatives.models import Person

from .models import ReportVersion
from .report_words import FIELDS, met_with_words, motion_words

PRIVATE = ("leaflets", "motion_outcome", "follow_ups", "incidents")


@dataclass(frozen=True)
class Change:
    """A field with what it said before and after, as passages."""

    label: str
    passages: Sequence[Passage]
    is_private: bool


@dataclass(frozen=True)
class Step:
    """One wording: who wrote it, and what it changed; the first changed nothing."""

    number: int
    at: datetime
    author: str
    changes: Sequence[Change]


def list_steps(versions: Sequence[ReportVersion]) -> list[Step]:
    """Every wording with what it changed, the newest first, as ``versions`` are."""
    said = [json.loads(one.said or "{}") for one in versions]
    names = _names(said)
    shown = [_in_words(one, names) for one in said]
    return [
        Step(
            one.number,
            one.created_at,
            one.user_label,
            _changes(shown[place + 1], shown[place]) if place + 1 < len(shown) else (),
        )
        for place, one in enumerate(versions)
    ]


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    return [
        Change(str(label), compare_texts(before[name], after[name]), name in PRIVATE)
        for name, label in FIELDS.items()
        if before[name] != after[name]
    ]


def _in_words(said: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    shown = {name: "" if said.get(name) is None else str(said[name]) for name in FIELDS}
    shown["motion_outcome"] = motion_words(said.get("motion_outcome")) or ""
    met = [f"{names.get(one, '?')} ({met_with_words(how)})" for one, how in said.get("met", ())]
    return shown | {"met": ", ".join(sorted(met))}


def _names(said: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    ids = {UUID(one) for each in said for one, _how in each.get("met", ())}
    found = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))) if ids else ()
    return {str(person_id): name for person_id, name in found}
