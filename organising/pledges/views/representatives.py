"""Elected representatives who signed: what partners recorded, one more with its evidence, and the way back."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from ...lobbying.forms.commitments import EvidenceForm
from ...lobbying.models import EvidenceKind
from ...platform.access import current_actor, requires
from ...platform.cautions import Caution, NeedsConfirmation
from ...platform.clock import today
from ...platform.db import db, find, get_or_404
from ...platform.errors import Conflict, Invalid, NotFound
from ...platform.permissions import Permission
from ...representatives.models import Person
from ...representatives.queries import search
from ..models import PledgeDrive, PledgeRepresentative
from ..offices import office_labels
from ..queries.representatives import find_promise, list_offers, list_published_representatives, list_recorded
from ..services import representatives as services
from .blueprint import blueprint, chosen_drive, tabs

LONGEST_SEARCH = 100


@blueprint.get("/pledges/representatives")
@requires(Permission.TARGETS_VIEW)
def representatives() -> AnyResponse:
    """Who is on the public list, by whom it was recorded, and what could be shown."""
    drive = chosen_drive(current_actor())
    if drive is None:
        return redirect(url_for("pledges.index"), 303)
    return make_response(_list_page(drive))


@blueprint.route("/pledges/drives/<uuid:drive_id>/representatives/new", methods=["GET", "POST"])
@requires(Permission.COMMITMENTS_EDIT)
def new_representative(drive_id: UUID) -> AnyResponse:
    """Record that somebody signed: ``?person=`` says who; else the page asks."""
    drive, person = get_or_404(PledgeDrive, drive_id), _person()
    if person is None:
        words = request.args.get("q", "")[:LONGEST_SEARCH]
        found = search(words, on=today()) if words.strip() else []
        return make_response(
            render_template("pledges/representative_whose.html", drive=drive, words=words, found=found)
        )
    form = EvidenceForm()
    if not form.is_submitted():
        form.kind.data, form.seen_on.data = EvidenceKind.SEEN, today()
        return _evidence_page(drive, person, form)
    if not form.validate():
        return _evidence_page(drive, person, form, 422)
    try:
        services.record_signature(current_actor(), drive, person.id, form.draft(), confirmed=form.confirmed())
        db.session.commit()
    except NeedsConfirmation as question:
        return _evidence_again(drive_id, form, 422, question.cautions)
    except Invalid as invalid:
        form.show(invalid.details)
        return _evidence_again(drive_id, form, 422)
    except Conflict as error:
        form.form_errors.append(error.message)
        return _evidence_again(drive_id, form, 409)
    flash(_("Recorded. It stands on their page as a promise delivered, and on the public list."), "success")
    return redirect(url_for("pledges.representatives", drive=drive_id), 303)


@blueprint.post("/pledges/drives/<uuid:drive_id>/representatives/from-promise/<uuid:commitment_id>")
@requires(Permission.COMMITMENTS_EDIT)
def show_promise(drive_id: UUID, commitment_id: UUID) -> AnyResponse:
    """Show a delivered promise to sign on the drive."""
    try:
        services.show_delivered(current_actor(), get_or_404(PledgeDrive, drive_id), commitment_id)
        db.session.commit()
    except (Conflict, Invalid) as error:
        db.session.rollback()
        flash(error.message, "error")
    else:
        flash(_("Shown. Take it off again below to undo this."), "success")
    return redirect(url_for("pledges.representatives", drive=drive_id), 303)


@blueprint.post("/pledges/representatives/<uuid:representative_id>/removal")
@requires(Permission.COMMITMENTS_EDIT)
def take_representative_back(representative_id: UUID) -> AnyResponse:
    """It was recorded by mistake: off the list, and the promise as it was before."""
    row = get_or_404(PledgeRepresentative, representative_id)
    drive_id = row.drive_id
    changed = services.take_signature_back(current_actor(), representative_id)
    db.session.commit()
    flash(
        _("Taken back. The promise is what it was before.") if changed else _("Nothing changed."), "success"
    )
    return redirect(url_for("pledges.representatives", drive=drive_id), 303)


def _person() -> Person | None:
    named = request.args.get("person")
    if not named:
        return None
    try:
        found = find(Person, UUID(named))
    except ValueError:
        found = None
    if found is None:
        raise NotFound
    return found


def _evidence_again(
    drive_id: UUID, form: EvidenceForm, status: int, cautions: Sequence[Caution] = ()
) -> AnyResponse:
    db.session.rollback()
    person = _person()
    assert person is not None
    return _evidence_page(get_or_404(PledgeDrive, drive_id), person, form, status, cautions)


def _evidence_page(
    drive: PledgeDrive,
    person: Person,
    form: EvidenceForm,
    status: int = 200,
    cautions: Sequence[Caution] = (),
) -> AnyResponse:
    body = render_template(
        "pledges/representative.html",
        drive=drive,
        person=person,
        promise=find_promise(current_actor(), person.id),
        form=form,
        cautions=cautions,
        confirmed=form.confirmed(),
        today=today(),
    )
    return make_response(body, status)


def _list_page(drive: PledgeDrive) -> str:
    actor = current_actor()
    may_record = actor.can(Permission.COMMITMENTS_EDIT) and drive.status in ("open", "closed")
    return render_template(
        "pledges/representatives.html",
        drive=drive,
        tabs=tabs(actor, drive, "representatives"),
        recorded=list_recorded(actor, drive),
        published=list_published_representatives(drive.id),
        offers=list_offers(actor, drive) if may_record else [],
        may_record=may_record,
        offices=office_labels(),
    )
