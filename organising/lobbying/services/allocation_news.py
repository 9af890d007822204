"""Telling each organisation, once, what a change of targets means for it."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from organising.lobbying.models import NoticeKind
from organising.lobbying.services.allocation import Step
from organising.lobbying.services.notices import tell_partner
from organising.platform.actor import Actor

LEADS, LED, SUPPORTS, SUPPORTED, HELPED = "leads", "led", "supports", "supported", "helped"


def tell_concerned(actor: Actor, steps: Sequence[Step]) -> None:
    """One notice to each organisation that gained or lost a lead or a support; the actor's own is told nothing."""
    for organisation_id, news in _sort(steps).items():
        gained = LEADS in news or SUPPORTS in news or HELPED in news
        concerned = {step.row.subject: step.row for found in news.values() for step in found}
        only = next(iter(concerned.values())) if len(concerned) == 1 else None
        tell_partner(
            actor,
            organisation_id,
            NoticeKind.ALLOCATED if gained else NoticeKind.RELEASED,
            " ".join(_words(part, found) for part, found in news.items()),
            person_id=only.person_id if only else None,
            institution_id=only.institution_id if only else None,
        )


def _sort(steps: Sequence[Step]) -> dict[UUID, dict[str, list[Step]]]:
    """By organisation, what it gained and lost, on whom."""
    news: dict[UUID, dict[str, list[Step]]] = defaultdict(lambda: defaultdict(list))
    for step in steps:
        before, after = step.row, step.after
        if before.lead_id != after.lead_id:
            if after.lead_id:
                news[after.lead_id][LEADS].append(step)
            if before.lead_id:
                news[before.lead_id][LED].append(step)
        elif after.lead_id and before.supporter_ids != after.supporter_ids:
            news[after.lead_id][HELPED].append(step)
        for organisation_id in after.supporter_ids - before.supporter_ids:
            news[organisation_id][SUPPORTS].append(step)
        for organisation_id in before.supporter_ids - after.supporter_ids - {after.lead_id}:
            news[organisation_id][SUPPORTED].append(step)
    return news


def _words(part: str, steps: Sequence[Step]) -> str:
    number, name = len(steps), steps[0].row.name
    if number == 1:
        said: dict[str, str] = {
            LEADS: _("You now lead on %(name)s.", name=name),
            LED: _("You no longer lead on %(name)s.", name=name),
            SUPPORTS: _("You now support the work on %(name)s.", name=name),
            SUPPORTED: _("You no longer support the work on %(name)s.", name=name),
            HELPED: _("Who supports you on %(name)s has changed.", name=name),
        }
        return said[part]
    counted: dict[str, str] = {
        LEADS: ngettext("You now lead on %(num)d target.", "You now lead on %(num)d targets.", number),
        LED: ngettext(
            "You no longer lead on %(num)d target.", "You no longer lead on %(num)d targets.", number
        ),
        SUPPORTS: ngettext(
            "You now support the work on %(num)d target.",
            "You now support the work on %(num)d targets.",
            number,
        ),
        SUPPORTED: ngettext(
            "You no longer support the work on %(num)d target.",
            "You no longer support the work on %(num)d targets.",
            number,
        ),
        HELPED: ngettext(
            "Who supports you on %(num)d target has changed.",
            "Who supports you on %(num)d targets has changed.",
            number,
        ),
    }
    return counted[part]
