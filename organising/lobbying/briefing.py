"""A briefing as plain words: one sheet from which the page and the PDF are both made."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from organising.lobbying.approach_words import CHANNELS
from organising.lobbying.commitment_states import OPEN, CommitmentState
from organising.lobbying.models import Basis, CommitmentKind, Confidence, EngagementKind, Position
from organising.lobbying.queries.commitments import CommitmentRow
from organising.lobbying.queries.dossier import Dossier
from organising.lobbying.queries.positions import FOR, AskPosition, Standing
from organising.lobbying.words import (
    BASES,
    COMMITMENT_KINDS,
    CONFIDENCE,
    CONTACT_POINTS,
    KINDS,
    PRIORITIES,
    STATES,
    TACTICS,
    age_in_words,
    office_words,
)
from organising.organisations.models import Ask
from organising.platform.actor import Actor
from organising.platform.ui import longdate

Sheet = dict[str, Any]


@dataclass(frozen=True)
class Level:
    """How much to say: the fullest that fits on two pages is taken."""

    headlines: int
    note: int
    asks: int
    promises: int
    positions: int
    wording: int


LEVELS = (
    Level(5, 600, 5, 6, 18, 160),
    Level(5, 280, 4, 4, 18, 90),
    Level(5, 120, 3, 3, 14, 60),
    Level(3, 60, 2, 2, 10, 40),
)


def write_sheet(actor: Actor, dossier: Dossier, *, campaign: str, with_notes: bool, level: Level) -> Sheet:
    """Everything in words. Notes and follow-ups are the reader's own organisation's, and only ``with_notes``."""
    known = [one for one in dossier.positions if one.current.newest]
    return {
        "name": dossier.person.name,
        "title": dossier.person.full_title or "",
        "office": _office(dossier),
        "campaign": campaign,
        "made": _("%(campaign)s, for %(organisation)s, %(day)s", campaign=campaign,
                  organisation=actor.organisation_name, day=longdate(dossier.on)),
        "mark": _("Private to %(name)s; do not leave behind", name=actor.organisation_name) if with_notes else "",
        "facts": _facts(dossier),
        "positions": [_position(one, dossier, level) for one in known[: level.positions]],
        "more_positions": _codes([one.ask for one in known[level.positions :]]),
        "unknown": _codes([one.ask for one in dossier.positions if not one.current.newest]),
        "asks": [{"code": ask.code, "words": ask.wording} for ask in _asks_to_make(dossier)[: level.asks]],
        "headlines": _headlines(dossier, with_notes, level),
        "promises": _promises(dossier, level),
        "approaches": _approaches(dossier),
        "follow_ups": _follow_ups(dossier) if with_notes else [],
        "local": [
            {"title": panel.title, "facts": [list(fact) for fact in panel.facts], "note": panel.note}
            for panel in dossier.panels
        ],
        "words": _words(),
    }  # fmt: skip


def _words() -> dict[str, str]:
    return {
        "kicker": _("Briefing"),
        "positions": _("Where they stand"),
        "no_positions": _("Nobody has said yet where they stand. A missing signature is not opposition."),
        "more_positions": _("Also known:"),
        "unknown": _("Nothing is known on"),
        "asks": _("What to ask"),
        "headlines": _("What happened last"),
        "no_headlines": _("No partner has been in contact since this log began."),
        "promises": _("Promises"),
        "approaches": _("Who is in touch now"),
        "follow_ups": _("What we will do"),
        "reach": _("Who and how"),
        "note": _("Our note:"),
    }


def _office(dossier: Dossier) -> str:
    seat = dossier.seat
    if seat is None or not seat.is_current:
        return str(_("Not in office"))
    return office_words(next(one for one in dossier.holdings if one.kind == seat.kind))


def _facts(dossier: Dossier) -> list[list[str]]:
    current = dossier.seat
    facts: list[tuple[str, str]] = []
    if current and current.region:
        facts.append((_("Region"), current.region))
    if dossier.holdings and current and current.is_current:
        term = next(one for one in dossier.holdings if one.kind == current.kind)
        since = longdate(term.start_on) if term.start_precision == "day" else str(term.start or "")
        facts.append((_("In office since"), since))
    for point in dossier.contact_points[:2]:
        reach = (
            ", ".join(part for part in (point.email, point.phone) if part) or point.address or point.url or ""
        )
        came_back = " " + _("(mail came back)") if point.bounced_at else ""
        facts.append((str(CONTACT_POINTS[point.kind]), reach + came_back))  # type: ignore[index]
    allocation = dossier.allocation
    facts.append((_("Leads"), allocation.lead_name or _("nobody yet")))
    if allocation.priority:
        facts.append((_("Priority"), str(PRIORITIES[allocation.priority])))  # type: ignore[index]
    if allocation.tactic:
        facts.append((_("Tactic"), str(TACTICS[allocation.tactic])))  # type: ignore[index]
    return [[label, words] for label, words in facts if words]


def _position(one: AskPosition, dossier: Dossier, level: Level) -> dict[str, str]:
    current = one.current
    marks = []
    if current.is_ageing(dossier.on):
        marks.append(_("ageing"))
    if current.carried_over:
        marks.append(_("carried over from the last parliament"))
    if current.settlement:
        marks.append(
            _(
                "settled by %(who)s: %(reason)s",
                who=current.settlement.resolver,
                reason=current.settlement.reason,
            )
        )
    said = current.standing if current.disputed else current.standing[:1]
    return {
        "code": one.ask.code,
        "words": _clip(one.ask.wording, level.wording),
        "position": str(STATES[current.state]),
        "state": current.state,
        "evidence": "; ".join(_claim(claim, dossier, with_position=current.disputed) for claim in said),
        "marks": _clip("; ".join(marks), level.wording),
    }


def _claim(claim: Standing, dossier: Dossier, *, with_position: bool) -> str:
    parts = [str(BASES[Basis(claim.basis)]).lower(), str(CONFIDENCE[Confidence(claim.confidence)]).lower()]
    if with_position:
        parts.insert(0, str(STATES[claim.position]).lower())
    seen = f"{longdate(claim.held_on)} ({age_in_words(claim.age_in_days(dossier.on))})"
    return f"{claim.organisation_name}: {', '.join(parts)}, {seen}"


def _asks_to_make(dossier: Dossier) -> list[Ask]:
    """Those of live approaches first, then where they are not with us yet: the nearest first, the unknown last."""
    planned = {ask.id for row in dossier.approaches if row.approach.is_live for ask in row.approach.asks}
    nearness = {
        Position.LEANING_SUPPORT: 0,
        Position.UNDECIDED: 1,
        Position.LEANING_OPPOSE: 2,
        Position.OPPOSED: 4,
    }
    open_ones = [
        one
        for one in dossier.positions
        if one.ask.is_open
        and (one.ask.id in planned or one.current.position not in FOR - {Position.LEANING_SUPPORT})
    ]
    ordered = sorted(
        open_ones,
        key=lambda one: (one.ask.id not in planned, nearness.get(one.current.position, 3), one.ask.place),
    )
    return [one.ask for one in ordered]


def _headlines(dossier: Dossier, with_notes: bool, level: Level) -> list[dict[str, str]]:
    return [
        {
            "day": longdate(entry.engagement.happened_on),
            "kind": str(KINDS[EngagementKind(entry.engagement.kind)]),
            "who": f"{entry.engagement.organisation.short_name}, {entry.engagement.author_label}",
            "headline": entry.engagement.headline,
            "asks": ", ".join(ask.code for ask in entry.engagement.asks),
            "note": _clip(" ".join(entry.note.split()), level.note) if with_notes and entry.note else "",
        }
        for entry in dossier.timeline[: level.headlines]
    ]


def _promises(dossier: Dossier, level: Level) -> list[dict[str, Any]]:
    groups: tuple[tuple[str, tuple[CommitmentState, ...]], ...] = (
        (_("Open"), tuple(CommitmentState(one) for one in OPEN)),
        (_("Kept"), (CommitmentState.DELIVERED,)),
        (_("Broken"), (CommitmentState.BROKEN,)),
    )
    found = []
    for title, states in groups:
        rows = [row for row in dossier.commitments if row.commitment.state in states]
        lines = [_promise(row, level) for row in rows[: level.promises]]
        more = len(rows) - len(lines)
        if more:
            lines.append(str(ngettext("and %(num)d more", "and %(num)d more", more)))
        if lines:
            found.append({"title": title, "lines": lines})
    return found


def _promise(row: CommitmentRow, level: Level) -> str:
    one = row.commitment
    words = str(COMMITMENT_KINDS[CommitmentKind(one.kind)])
    if one.ask:
        words += f" ({one.ask.code})"
    if one.words:
        words += f": {_clip(one.words, level.wording)}"
    if one.due_on and one.state in OPEN:
        words += ", " + _("by %(day)s", day=longdate(one.due_on))
        words += " " + _("(overdue)") if row.is_overdue else ""
    return f"{words} · {one.organisation.short_name}"


def _approaches(dossier: Dossier) -> list[str]:
    return [
        f"{CHANNELS[row.approach.channel]}: {row.approach.purpose} · {row.approach.organisation.short_name}, "  # type: ignore[index]
        f"{longdate(row.approach.starts_on)} – {longdate(row.approach.ends_on)}"
        for row in dossier.approaches
        if row.approach.is_live
    ][:4]


def _follow_ups(dossier: Dossier) -> list[str]:
    return [
        f"{_clip(row.follow_up.what or '', 160)} · {row.owner_name}, {longdate(row.follow_up.due_on)}"
        for row in dossier.follow_ups[:4]
    ]


def _codes(asks: list[Ask]) -> str:
    return ", ".join(ask.code for ask in asks)


def _clip(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
