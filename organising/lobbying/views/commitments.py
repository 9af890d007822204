"""Promises of the coalition's representatives: found, counted, and written down."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.lobbying import queries
from organising.lobbying.commitment_states import CommitmentState
from organising.lobbying.commitment_words import list_in_words
from organising.lobbying.forms import as_id
from organising.lobbying.forms.commitments import CommitmentForm, PromiseFilter
from organising.lobbying.models import Commitment, CommitmentKind
from organising.lobbying.queries import Seat
from organising.lobbying.queries import commitments as promises
from organising.lobbying.queries.commitments import CommitmentFilters
from organising.lobbying.queries.subjects import Subject, find_subject, search_subjects
from organising.lobbying.services import NeedsConfirmation
from organising.lobbying.services.commitments import add_commitment
from organising.lobbying.views.blueprint import blueprint
from organising.lobbying.words import COMMITMENT_KINDS, COMMITMENT_STATES, subject_url
from organising.organisations.queries import list_campaign_organisations, list_open_asks
from organising.organisations.queries.colleagues import list_colleagues
from organising.platform import audit
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.cautions import Caution
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Invalid, NotFound
from organising.platform.forms import PlainForm
from organising.platform.pagination import list_first, page
from organising.platform.permissions import Permission
from organising.platform.spreadsheet import download, table
from organising.representatives.queries import list_parties
from organising.safeguards.services import record_export
from organising.safeguards.terms import ExportKind

PAGE = 25
LONGEST_SEARCH = 100


@blueprint.get("/promises")
@requires(Permission.ENGAGEMENTS_VIEW)
def commitments() -> str:
    """What was asked of whom and promised, over all partners, by the day it is due."""
    actor = current_actor()
    form = _filter_form(actor)
    filters = _filters(form)
    found = page(
        promises.select_commitments(actor, filters),
        order_by=[Commitment.due_key, Commitment.id],
        cursor=request.args.get("cursor"),
        size=PAGE,
    )
    return render_template(
        "lobbying/commitments.html",
        filter=form,
        page=found,
        rows=promises.annotate_commitments(actor, found.items),
        seats=queries.list_seats([one.person_id for one in found.items if one.person_id]),
        sentence=_sentence(form, promises.count_commitments(actor, filters)),
        may_add=actor.can(Permission.COMMITMENTS_EDIT),
        address=_address(),
        here=url_for(".commitments", **_address(), cursor=request.args.get("cursor")),
        form=PlainForm(),
        today=today(),
        changed=just_changed(),
    )


@blueprint.get("/promises.csv")
@requires(Permission.ENGAGEMENTS_VIEW)
def export_commitments() -> Response:
    """The promises that the filters leave: all of it is shared between partners."""
    actor = current_actor()
    statement = promises.select_commitments(actor, _filters(_filter_form(actor)))
    rows = list_first(statement.order_by(Commitment.due_key, Commitment.id))
    text = _csv(rows)
    record_export(actor, ExportKind.SHARED, len(rows), what="promises")
    audit.record(actor, "promises.exported", "commitment", rows=len(rows))
    db.session.commit()
    return download(text, f"promises-{today().isoformat()}.csv")


@blueprint.route("/promises/new", methods=["GET", "POST"])
@requires(Permission.COMMITMENTS_EDIT)
def new_commitment() -> str | Response | tuple[str, int]:
    """Write down a promise: ``?person=`` or ``?institution=`` says whose; else the page asks."""
    actor = current_actor()
    subject = _subject()
    if subject is None:
        words = request.args.get("q", "")[:LONGEST_SEARCH]
        found = search_subjects(words) if words.strip() else []
        return render_template("lobbying/new_commitment_whose.html", found=found, words=words)
    form = CommitmentForm()
    form.offer(list_open_asks(actor.campaign_id), list_colleagues(actor), actor.user_id)
    cautions: Sequence[Caution] = ()
    if form.is_submitted():
        form.take_offer()
    if form.validate_on_submit():
        try:
            _add(actor, form, subject)
        except NeedsConfirmation as question:
            cautions = question.cautions
        except Invalid as invalid:
            form.show(invalid.details)
        else:
            flash(_("Promise kept. It waits under “Promises” until it is delivered."), "success")
            after = subject_url(subject, kept=f"promise-{subject.id}", _anchor="promises")
            return redirect(after, 303)
    shown = render_template(
        "lobbying/new_commitment.html",
        form=form,
        subject=subject,
        back=subject_url(subject),
        seat=queries.list_seats([subject.id]).get(subject.id),
        cautions=cautions,
        confirmed=form.confirmed(),
        today=today(),
    )
    return (shown, 422) if form.errors or cautions else shown


def just_changed() -> tuple[UUID, UUID] | None:
    """The promise and the change that the address names: what was done just now, with the way back."""
    promise, change = as_id(request.args.get("promise")), as_id(request.args.get("changed"))
    return (promise, change) if promise and change else None


def _add(actor: Actor, form: CommitmentForm, subject: Subject) -> None:
    add_commitment(
        actor,
        form.draft(),
        person_id=subject.person_id,
        institution_id=subject.institution_id,
        confirmed=form.confirmed(),
    )
    db.session.commit()


def _subject() -> Subject | None:
    """Whom the address names; ``None`` where it names nobody yet. Raises NotFound for an id that is nobody's."""
    subject_id = as_id(request.args.get("person")) or as_id(request.args.get("institution"))
    if subject_id is None:
        return None
    subject = find_subject(subject_id)
    if subject is None:
        raise NotFound
    return subject


def _filter_form(actor: Actor) -> PromiseFilter:
    form = PromiseFilter(request.args)
    form.offer(
        partners=[
            (str(one.id), one.short_name)
            for one in list_campaign_organisations(actor.campaign_id, with_former=True)
        ],
        parties=[(str(party.id), party.name) for party, _number in list_parties(on=today())],
        places=promises.list_places(),
        asks=[(str(ask.id), f"{ask.code} · {ask.wording}") for ask in list_open_asks(actor.campaign_id)],
    )
    return form


def _filters(form: PromiseFilter) -> CommitmentFilters:
    return CommitmentFilters(
        state="" if form.state.data == "all" else form.state.data,
        text=_text(form),
        kind=form.kind.data,
        ask_id=as_id(form.ask.data),
        organisation_id=as_id(form.organisation.data),
        party_id=as_id(form.party.data),
        place=form.place.data,
        mine=form.mine.data,
    )


def _text(form: PromiseFilter) -> str:
    return (form.q.data or "").strip()[:LONGEST_SEARCH]


def _sentence(form: PromiseFilter, number: int) -> str:
    return list_in_words(
        number,
        form.state.data,
        party=form.said("party"),
        place=form.said("place"),
        partner=form.said("organisation"),
        kind=form.said("kind"),
        ask=form.said("ask").partition(" ")[0],
        text=_text(form),
        mine=form.mine.data,
    )


def _address() -> dict[str, Any]:
    return {
        name: value
        for name, value in request.args.to_dict().items()
        if value and name not in ("cursor", "promise", "changed")
    }


def _csv(rows: Sequence[Commitment]) -> str:
    seats = queries.list_seats([one.person_id for one in rows if one.person_id])
    header = [
        _("Whose"), _("Constituency"), _("Party"), _("What"), _("In their words"), _("Ask"), _("State"), _("Said on"),
        _("Due"), _("Last chased"), _("Partner"), _("Who chases"),
    ]  # fmt: skip
    return table(header, (_cells(one, seats.get(one.person_id) if one.person_id else None) for one in rows))


def _cells(one: Commitment, seat: Seat | None) -> list[object]:
    return [
        one.subject_name, seat and seat.area_name, seat and seat.party_name,
        COMMITMENT_KINDS[CommitmentKind(one.kind)], one.words, one.ask and one.ask.code,
        COMMITMENT_STATES[CommitmentState(one.state)], one.asked_on, one.due_on, one.chased_on,
        one.organisation.short_name, one.owner_label,
    ]  # fmt: skip
