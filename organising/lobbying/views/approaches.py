"""Approaches: the list, the form that shows what others do before one may add to it, and the page of one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.lobbying import queries
from organising.lobbying.approach_words import CHANNELS, register_approach_words
from organising.lobbying.forms import as_id
from organising.lobbying.forms.approaches import ApproachFilter, ApproachForm
from organising.lobbying.models import Approach, Channel
from organising.lobbying.queries.approaches import (
    ApproachFilters,
    ApproachRow,
    count_approaches,
    find_own_side,
    list_clashes,
    suggest_window,
)
from organising.lobbying.queries.revisions import list_ask_codes
from organising.lobbying.services import Caution, NeedsConfirmation
from organising.lobbying.services.approach_changes import ReservationClash, open_approach
from organising.lobbying.services.approach_drafts import list_owners
from organising.lobbying.services.approaches import edit_approach, reserve_approach
from organising.lobbying.views.blueprint import blueprint
from organising.organisations.models import Ask
from organising.organisations.queries import list_campaign_organisations, list_open_asks
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.conflicts import Difference, EditConflict
from organising.platform.db import db, find
from organising.platform.errors import Invalid
from organising.platform.forms import PlainForm
from organising.platform.pagination import page
from organising.platform.permissions import Permission
from organising.platform.ui import longdate
from organising.representatives.models import Institution, Person
from organising.representatives.queries import search

PAGE = 20
LONGEST_SEARCH = 100
PAST_CONTACTS = 5

register_approach_words(blueprint)


@blueprint.get("/approaches")
@requires(Permission.APPROACHES_VIEW)
def approaches() -> str:
    """Every partner's approaches, the next step due first. Live ones, unless a filter is in the address."""
    actor = current_actor()
    form = filter_form(actor)
    filters = filters_of(form)
    found = page(
        queries.select_approaches(actor, filters),
        order_by=[Approach.due_on, Approach.id],
        cursor=request.args.get("cursor"),
        size=PAGE,
    )
    rows = queries.describe(actor, found.items)
    return render_template(
        "lobbying/approaches.html",
        form=form,
        page=found,
        total=count_approaches(actor, filters),
        rows=rows,
        seats=queries.list_seats([row.approach.person_id for row in rows if row.approach.person_id]),
        alerts=queries.list_alerts(actor),
        address=request.args.to_dict(),
        today=today(),
    )


@blueprint.get("/approaches/new")
@requires(Permission.APPROACHES_RESERVE)
def new_approach() -> str:
    """A reservation of ``?person=`` or ``?institution=``, below what others do there; without one, a search."""
    actor = current_actor()
    subject = _subject()
    if subject is None:
        words = request.args.get("member", "")[:LONGEST_SEARCH]
        return render_template("lobbying/approach_subject.html", words=words, found=search(words, on=today()))
    form = _form(actor)
    named = request.args.get("channel")
    form.channel.data = named if named in list(Channel) else Channel.MEETING
    form.begin(actor.user_id)
    wanted = form.draft(**_ids(subject)).wanted
    taken = list_clashes(actor, **wanted)
    if taken:
        form.starts_on.data, form.ends_on.data = suggest_window(actor, **wanted)
    return _new_page(actor, form, subject, taken=taken)


@blueprint.post("/approaches/new")
@requires(Permission.APPROACHES_RESERVE)
def create_approach() -> Response | tuple[str, int]:
    """Reserve; who holds the days already is shown, with everything that was typed."""
    actor = current_actor()
    subject = _subject()
    if subject is None:
        return render_template("lobbying/approach_subject.html", words="", found=()), 422
    form = _form(actor)
    if request.form.get("free"):
        form.take_free(request.form["free"])
    if not form.validate():
        return _new_page(actor, form, subject), 422
    try:
        reserved = reserve_approach(actor, form.draft(**_ids(subject)), confirmed=form.confirmed())
        approach_id, is_new = reserved.approach.id, reserved.is_new
        db.session.commit()
    except ReservationClash as clash:
        db.session.rollback()
        return _new_page(actor, form, subject, clash=clash), 409
    except NeedsConfirmation as question:
        return _new_page(actor, form, subject, cautions=question.cautions), 422
    except Invalid as invalid:
        form.show(invalid.details)
        return _new_page(actor, form, subject), 422
    flash(
        _("Reserved.") if is_new else _("This was already reserved, once."), "success" if is_new else "info"
    )
    return redirect(url_for(".approach", approach_id=approach_id, kept=form.submission_key.data), 303)


@blueprint.get("/approaches/<uuid:approach_id>/edit")
@requires(Permission.APPROACHES_RESERVE)
def edit_reservation(approach_id: UUID) -> str:
    """The reservation as it is, to be changed."""
    actor = current_actor()
    approach = open_approach(actor, approach_id, lock=False)
    side = find_own_side(actor, approach_id)
    form = _form(actor, approach, formdata=None)
    for name in ("channel", "starts_on", "ends_on", "purpose", "due_on"):
        form[name].data = getattr(approach, name)
    form.ask_ids.data = [str(ask.id) for ask in approach.asks]
    form.note.data = (side.note if side else None) or ""
    form.version.data = str(approach.version)
    return _edit_page(actor, form, approach)


@blueprint.post("/approaches/<uuid:approach_id>/edit")
@requires(Permission.APPROACHES_RESERVE)
def update_reservation(approach_id: UUID) -> Response | tuple[str, int]:
    """Keep the change; where someone else was quicker, show both and lose neither."""
    actor = current_actor()
    approach = open_approach(actor, approach_id, lock=False)
    form = _form(actor, approach)
    if request.form.get("free"):
        form.take_free(request.form["free"])
    if not form.validate():
        return _edit_page(actor, form, approach), 422
    draft = form.draft(person_id=approach.person_id, institution_id=approach.institution_id)
    try:
        edit_approach(actor, approach_id, draft, version=form.version.shown, confirmed=form.confirmed())
        db.session.commit()
    except ReservationClash as clash:
        db.session.rollback()
        return _edit_page(actor, form, approach, clash=clash), 409
    except EditConflict as conflict:
        form.version.data = str(conflict.version)
        return _edit_page(actor, form, approach, differences=conflict.differences), 409
    except NeedsConfirmation as question:
        return _edit_page(actor, form, approach, cautions=question.cautions), 422
    except Invalid as invalid:
        form.show(invalid.details)
        return _edit_page(actor, form, approach), 422
    flash(_("Change kept."), "success")
    return redirect(url_for(".approach", approach_id=approach_id), 303)


def filter_form(actor: Actor) -> ApproachFilter:
    """The list's filters from the address; live ones where the address says nothing of states."""
    form = ApproachFilter(request.args)
    if "state" not in request.args:
        form.state.data = "live"
    partners = list_campaign_organisations(actor.campaign_id, with_former=True)
    form.offer((str(one.id), one.short_name) for one in partners)
    return form


def filters_of(form: ApproachFilter) -> ApproachFilters:
    """What the form says, for the queries."""
    return ApproachFilters(
        group=form.state.data,
        organisation_id=as_id(form.organisation.data),
        channel=form.channel.data,
        mine=form.mine.data,
    )


def _form(actor: Actor, approach: Approach | None = None, **options: Any) -> ApproachForm:
    form = ApproachForm(**options)
    asks: list[Ask] = list(list_open_asks(actor.campaign_id))
    if approach is not None:
        asks += [ask for ask in approach.asks if ask not in asks]
    form.offer(asks, list_owners(actor))
    return form


def _subject() -> Person | Institution | None:
    person_id, institution_id = as_id(request.values.get("person")), as_id(request.values.get("institution"))
    if person_id:
        return find(Person, person_id)
    return find(Institution, institution_id) if institution_id else None


def _ids(subject: Person | Institution) -> dict[str, UUID | None]:
    is_person = isinstance(subject, Person)
    return {
        "person_id": subject.id if is_person else None,
        "institution_id": None if is_person else subject.id,
    }


def _new_page(
    actor: Actor,
    form: ApproachForm,
    subject: Person | Institution,
    *,
    cautions: Sequence[Caution] = (),
    clash: ReservationClash | None = None,
    taken: Sequence[Approach] = (),
) -> str:
    ids = _ids(subject)
    person_id, institution_id = ids["person_id"], ids["institution_id"]
    earlier = queries.list_approaches(actor, person_id=person_id, institution_id=institution_id, limit=20)
    return render_template(
        "lobbying/new_approach.html",
        form=form,
        subject=subject,
        person=subject if person_id else None,
        seat=queries.list_seats([person_id]).get(person_id) if person_id else None,
        live=[row for row in earlier if row.approach.is_live],
        earlier=[row for row in earlier if not row.approach.is_live],
        contacts=queries.list_timeline(actor, person_id, institution_id=institution_id, limit=PAST_CONTACTS),
        pressure=queries.measure_pressure(actor, person_id, institution_id=ids["institution_id"]),
        cautions=cautions,
        confirmed=form.confirmed(),
        clash=clash,
        held=_held(actor, clash),
        taken=taken,
        button_form=PlainForm(formdata=None),
        today=today(),
    )


def _edit_page(
    actor: Actor,
    form: ApproachForm,
    approach: Approach,
    *,
    cautions: Sequence[Caution] = (),
    differences: Sequence[Difference] = (),
    clash: ReservationClash | None = None,
) -> str:
    codes = list_ask_codes() if differences else {}
    return render_template(
        "lobbying/edit_approach.html",
        form=form,
        approach=approach,
        cautions=cautions,
        confirmed=form.confirmed(),
        differences=[
            (one.field, _said(one.field, one.kept, codes), _said(one.field, one.sent, codes))
            for one in differences
        ],
        clash=clash,
        held=_held(actor, clash),
        button_form=PlainForm(formdata=None),
        today=today(),
    )


def _held(actor: Actor, clash: ReservationClash | None) -> list[ApproachRow]:
    return queries.describe(actor, clash.holders) if clash else []


def _said(field: str, value: Any, codes: dict[UUID, str]) -> str:
    """A field's value as a person reads it."""
    if isinstance(value, tuple):
        return ", ".join(sorted(codes.get(one, "?") for one in value)) or str(_("none"))
    if value is None or value == "":
        return str(_("nothing"))
    if field == "channel":
        return str(CHANNELS.get(value, value))
    return value if isinstance(value, str) else longdate(value)
