"""The contact log of the coalition: filtered by what stands in the address, and as a CSV of headlines."""

from collections.abc import Sequence
from uuid import UUID

from flask import Response, render_template, request
from flask_babel import gettext as _

from organising.lobbying import queries
from organising.lobbying.forms import LogFilter, as_id
from organising.lobbying.models import Attendance, Engagement, EngagementKind, Outcome
from organising.lobbying.queries import Filters, Seat
from organising.lobbying.queries.log import count_log
from organising.lobbying.queries.subjects import find_subject
from organising.lobbying.views.blueprint import blueprint
from organising.lobbying.views.subject_page import contact_done_now
from organising.lobbying.words import ATTENDANCE, KINDS, OUTCOMES, attendee_words
from organising.organisations.queries import list_campaign_organisations
from organising.platform import audit
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.forms import PlainForm
from organising.platform.pagination import list_first, page
from organising.platform.permissions import Permission
from organising.platform.spreadsheet import download, table
from organising.representatives.queries import list_parties, list_regions
from organising.safeguards.services import record_export
from organising.safeguards.terms import ExportKind

PAGE = 25
LONGEST_SEARCH = 100
# What the address says of the deed that led here: no filter.
DONE = ("logged", "withdrawn", "kept", "done_now")


@blueprint.get("/contact-log")
@requires(Permission.ENGAGEMENTS_VIEW)
def log() -> tuple[str, int]:
    """What every partner logged, newest first; notes of the own organisation beside its own."""
    actor = current_actor()
    form = _filter_form(actor)
    is_right = form.validate()
    filters = _filters(form)
    found = page(
        queries.select_log(actor, filters),
        order_by=[Engagement.happened_on, Engagement.created_at, Engagement.id],
        cursor=request.args.get("cursor"),
        size=PAGE,
        descending=True,
    )
    shown = render_template(
        "lobbying/log.html",
        form=form,
        page=found,
        total=count_log(actor, filters),
        entries=queries.annotate(actor, found.items),
        seats=queries.list_seats([one.person_id for one in found.items if one.person_id]),
        about=find_subject(as_id(form.institution.data)),
        may_log=actor.can(Permission.ENGAGEMENTS_LOG),
        address={name: value for name, value in request.args.items() if name not in DONE},
        button_form=PlainForm(formdata=None),
        logged=contact_done_now(actor, "logged"),
        withdrawn=contact_done_now(actor, "withdrawn"),
        kept=request.args.get("kept", ""),
    )
    return shown, 200 if is_right else 422


@blueprint.get("/contact-log.csv")
@requires(Permission.ENGAGEMENTS_VIEW)
def export() -> Response:
    """The shared headlines that the filters leave. Notes are in no export."""
    actor = current_actor()
    form = _filter_form(actor)
    form.validate()
    ordered = queries.select_log(actor, _filters(form)).order_by(
        Engagement.happened_on.desc(), Engagement.created_at.desc(), Engagement.id
    )
    rows = list_first(ordered)
    seats = queries.list_seats([one.person_id for one in rows if one.person_id])
    text = _csv(rows, seats)
    record_export(actor, ExportKind.SHARED, len(rows), what="contact log")
    audit.record(actor, "contact_log.exported", "engagement", rows=len(rows))
    db.session.commit()
    return download(text, f"contact-log-{today().isoformat()}.csv")


def _csv(rows: Sequence[Engagement], seats: dict[UUID, Seat]) -> str:
    header = [
        _("Date"), _("Representative"), _("Constituency"), _("Party"), _("Partner"), _("Logged by"),
        _("Kind"), _("Who was there"), _("Who took part"), _("How it went"), _("Headline"), _("Asks raised"),
    ]  # fmt: skip
    return table(header, (_cells(one, seats.get(one.person_id) if one.person_id else None) for one in rows))


def _cells(one: Engagement, seat: Seat | None) -> list[object]:
    return [
        one.happened_on, one.subject_name, seat and seat.area_name, seat and seat.party_name,
        one.organisation.short_name, one.author_label,
        KINDS[EngagementKind(one.kind)], ATTENDANCE[Attendance(one.attended_by)],
        ", ".join(attendee_words(attendee) for attendee in one.attendees), OUTCOMES[Outcome(one.outcome)],
        one.headline, ", ".join(ask.code for ask in one.asks),
    ]  # fmt: skip


def _filter_form(actor: Actor) -> LogFilter:
    form = LogFilter(request.args)
    form.offer(
        partners=[
            (str(one.id), one.short_name)
            for one in list_campaign_organisations(actor.campaign_id, with_former=True)
        ],
        parties=[(str(party.id), party.name) for party, _number in list_parties(on=today())],
        regions=list_regions(),
    )
    return form


def _filters(form: LogFilter) -> Filters:
    return Filters(
        text=(form.q.data or "").strip()[:LONGEST_SEARCH],
        kind=form.kind.data,
        organisation_id=as_id(form.organisation.data),
        institution_id=as_id(form.institution.data),
        party_id=as_id(form.party.data),
        region=form.region.data,
        from_on=form.from_on.data,
        to_on=form.to_on.data,
    )
