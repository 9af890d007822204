"""What would become of each row of a file, before anything is written."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from ...organisations.models import Unit
from ...platform.actor import Actor
from ...platform.db import db, new_id
from ...platform.erasures import erased_on, keys_of_somebody
from ...platform.sheets import Row
from ...platform.ui import longdate
from ...representatives.names import fold
from ..duplicates import RuleKind, Traits, match_keys, score
from ..mapping import Column, Known, Made, make
from ..models import Contact, ContactImport, KnownRule, RowDeed
from ..queries.duplicates import get_rule, list_alike, list_traits
from ..queries.imports import list_to_change
from .drafts import ContactDraft, tidy
from .duplicates import traits_of
from .keeping import COMPARED, kept_values_of
from .merging import SEVERAL, united


@dataclass(frozen=True)
class Judged:
    """What becomes of a row. ``reasons``: column and what is wrong there; ``known``: who it is already.

    ``same_as``: the earlier row that was the same. ``draft``: what the ``contact`` becomes, ``before``: what it was.
    """

    row: Row
    made: Made
    deed: RowDeed
    reasons: tuple[tuple[str, str], ...] = ()
    traits: Traits | None = None
    known: UUID | None = None
    same_as: int | None = None
    draft: ContactDraft | None = None
    contact: Contact | None = None
    before: Mapping[str, Any] | None = None


@dataclass
class Earlier:
    """Earlier rows of the same file: who they are as new contacts, and which contacts they were already.

    ``added``: contacts that rows became by now; the same as the rows themselves, where these are still to be written.
    """

    rows: dict[object, tuple[Traits, int]] = field(default_factory=dict)
    taken: dict[UUID, int] = field(default_factory=dict)
    added: dict[UUID, int] = field(default_factory=dict)

    def recall(self, contact_ids: Collection[UUID]) -> None:
        """Read which of these contacts earlier rows are, where that is not known yet."""

    def remember(self, keys: Sequence[object], traits: Traits, number: int) -> None:
        """Later rows may be the same; of several that are, the first counts."""
        for key in keys:
            self.rows.setdefault(key, (traits, number))


class Judge:
    """Judges the rows of one import, some at a time, in order. Of two rows that are one the later is skipped.

    ``writing``: whoever changes by it is locked until the transaction ends.
    """

    def __init__(self, actor: Actor, kept: ContactImport, *, writing: bool = False) -> None:
        self.actor, self.kept, self.headers, self.writing = actor, kept, kept.headers, writing
        self.meanings = sorted((int(place), Column(column)) for place, column in kept.meanings.items())
        units = db.session.execute(select(Unit.id, Unit.name)).all()
        self.known = Known({fold(row.name): row.id for row in units})
        self.units = frozenset(row.id for row in units)
        self.rule = get_rule(RuleKind.STRICT)

    def keys(self, traits: Traits) -> list[object]:
        """By what anybody the same as this one is found."""
        return list(match_keys(self.rule, traits))

    def judge(self, rows: Sequence[Row], earlier: Earlier) -> list[Judged]:
        """What becomes of each row; nothing is written."""
        made = [self._made(row) for row in rows]
        wanted = [traits for *_rest, traits in made if traits is not None]
        contacts = self._contacts(wanted, earlier)
        erased = erased_on(
            self.actor.organisation_id, {key for one in wanted for key in self._erased_keys(one)}
        )
        judged = []
        for row, one, reasons, traits in made:
            if traits is None:
                judged.append(Judged(row, one, RowDeed.WRONG, reasons))
                continue
            keys = self.keys(traits)
            known, same_as = self._find(keys, traits, contacts, earlier)
            was = [erased[key] for key in self._erased_keys(traits) if key in erased]
            if was and known is None:
                judged.append(Judged(row, one, RowDeed.WRONG, _why_erased(one, max(was))))
                continue
            earlier.remember(keys, traits, row.number)
            deed = RowDeed.ADDED
            if same_as is not None:
                deed = RowDeed.SKIPPED
            elif known is not None:
                earlier.taken[known] = row.number
                deed = RowDeed.SKIPPED if self.kept.known_rule == KnownRule.SKIP else RowDeed.UPDATED
            judged.append(Judged(row, one, deed, traits=traits, known=known, same_as=same_as))
        return self._with_changes(judged)

    def _made(self, row: Row) -> tuple[Row, Made, tuple[tuple[str, str], ...], Traits | None]:
        one = make(row, self.headers, self.meanings, known=self.known, key=new_id())
        draft, wrong = tidy(self.actor, one.draft, self.units)
        one = replace(one, draft=draft)
        if wrong or one.wrong:
            return row, one, (*one.wrong, *_reasons(one, wrong)), None
        return row, one, (), traits_of(draft, self.actor.organisation_id)

    def _erased_keys(self, traits: Traits) -> set[bytes]:
        found = {*traits.emails, *traits.phones}
        return keys_of_somebody(self.actor.organisation_id, found, traits.name, traits.postcodes)

    def _contacts(self, wanted: Sequence[Traits], earlier: Earlier) -> dict[object, list[Traits]]:
        """All contacts, read at once, that any of these could be."""
        found: dict[object, list[Traits]] = defaultdict(list)
        alike = list_traits(list_alike(self.rule, wanted))
        earlier.recall(alike.keys())
        for traits in alike.values():
            for key in self.keys(traits):
                found[key].append(traits)
        return found

    def _find(
        self,
        keys: Sequence[object],
        traits: Traits,
        contacts: Mapping[object, list[Traits]],
        earlier: Earlier,
    ) -> tuple[UUID | None, int | None]:
        """The contact that a row is, and the earlier row that was the same. The surest wins, then who was there first."""
        best: tuple[tuple[int, bool, Any], UUID | None, int | None] | None = None
        for key in keys:
            for other in contacts.get(key, ()):
                assert other.contact_id is not None
                number = earlier.added.get(other.contact_id)
                rank = (-self._points(traits, other), number is not None, number or str(other.contact_id))
                if best is None or rank < best[0]:
                    same_as = number if number is not None else earlier.taken.get(other.contact_id)
                    best = (rank, other.contact_id, same_as)
            if key in earlier.rows:
                other, number = earlier.rows[key]
                rank = (-self._points(traits, other), True, number)
                if best is None or rank < best[0]:
                    best = (rank, None, number)
        return best[1:] if best else (None, None)

    def _points(self, one: Traits, other: Traits) -> int:
        return score(self.rule, one, other)[0]

    def _with_changes(self, judged: Sequence[Judged]) -> list[Judged]:
        """With what the known ones become: where that is what they are already, they are left as they are."""
        changing = [one.known for one in judged if one.deed is RowDeed.UPDATED and one.known]
        if not changing:
            return list(judged)
        contacts = {one.id: one for one in list_to_change(changing, locking=self.writing)}
        values = kept_values_of(list(contacts.values()))
        return [
            self._changed(one, values[one.known], contacts[one.known])
            if one.deed is RowDeed.UPDATED and one.known
            else one
            for one in judged
        ]

    def _changed(self, one: Judged, before: Mapping[str, Any], contact: Contact) -> Judged:
        wanted = joined(before, one.made.draft, self.kept.known_rule)
        if wanted == before:
            return replace(one, deed=RowDeed.SKIPPED)
        draft, wrong = tidy(
            self.actor, ContactDraft(submission_key=contact.submission_key, **wanted), self.units
        )
        if wrong:
            reasons = tuple((_("what is kept already"), reason) for reason in wrong.values())
            return replace(one, deed=RowDeed.WRONG, reasons=reasons)
        return replace(one, draft=draft, before=before, contact=contact)


def _why_erased(made: Made, at: datetime) -> tuple[tuple[str, str], ...]:
    columns = made.columns.get("email") or made.columns.get("phone") or (_("name"),)
    reason = _(
        "Asked to be erased, which was done on %(day)s: a file does not bring them back. If they have come "
        "back to you themselves since, add them by hand.",
        day=longdate(at),
    )
    return ((columns[0], reason),)


def joined(before: Mapping[str, Any], draft: ContactDraft, rule: str) -> dict[str, Any]:
    """The kept values with those of the file: only what is missing, or all that the file says."""
    wanted: dict[str, Any] = {}
    for name in COMPARED:
        given = getattr(draft, name)
        if name in SEVERAL:
            wanted[name] = united(before[name], given)
        elif name in ("kind", "source", "source_detail") or not given:
            wanted[name] = before[name]
        else:
            wanted[name] = given if rule == KnownRule.UPDATE or not before[name] else before[name]
    wanted["tags"] = tuple(sorted(wanted["tags"], key=str.casefold))
    return wanted


_COLUMN_OF = {"email": "email", "phone": "phone", "address": "address", "unit_id": "unit"}


def _reasons(made: Made, wrong: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What a form would say beside its fields, beside the columns instead."""
    for place, reason in wrong.items():
        kind, number, part = (*place.split("-"), "", "")[:3]
        columns = made.columns.get("postcode" if part == "postcode" else _COLUMN_OF.get(kind, kind), ())
        at = min(int(number) - 1 if number.isdecimal() else 0, len(columns) - 1)
        yield (columns[at] if columns else _("name") if kind == "name" else kind, reason)
