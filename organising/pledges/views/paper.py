"""Batches of paper signatures: the list, the cover, the page of one batch, and the steps of those who key."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from ...files.doors import takes_files
from ...platform.access import current_actor, requires
from ...platform.actor import Actor
from ...platform.db import db
from ...platform.errors import Conflict, Invalid
from ...platform.forms import PlainForm
from ...platform.pagination import page
from ...platform.permissions import Permission
from .. import paper_words as words
from .. import texts
from ..models import PaperBatch, PledgeDrive
from ..paper_forms import CoverForm, ReturnForm, RowForm, SampleForm, batch_values, cover_values
from ..queries import get_lead, list_partners
from ..queries.paper import (
    BatchRecord,
    describe_batches,
    find_lookalikes,
    get_batch,
    list_batches,
    list_last_rows,
    list_sample,
    list_scans,
)
from ..services import paper_batches as services
from ..services.paper_checks import UNDO_DAYS, may_take_back
from ..services.paper_scans import SCAN_DAYS, SCANS, add_scan
from ..services.paper_signatures import get_own_partner
from .blueprint import blueprint, chosen_drive, tabs

LIST_PAGE = 30


@blueprint.get("/pledges/paper")
@requires(Permission.PAPER_KEY)
def paper() -> AnyResponse | str:
    """The batches of a drive: those on their way, or those that are accepted."""
    actor = current_actor()
    drive = chosen_drive(actor)
    if drive is None:
        return redirect(url_for("pledges.index"), 303)
    accepted = request.args.get("show") == "accepted"
    found = page(
        list_batches(actor, drive.id, accepted=accepted),
        order_by=[PaperBatch.created_at, PaperBatch.id],
        cursor=request.args.get("cursor"),
        size=LIST_PAGE,
        descending=True,
    )
    return render_template(
        "pledges/paper/index.html",
        drive=drive,
        tabs=tabs(actor, drive, "paper"),
        actor=actor,
        accepted=accepted,
        page=found,
        records=describe_batches(actor, found.items),
        words=words,
        may_check=actor.can(Permission.PAPER_CHECK),
    )


@blueprint.route("/pledges/paper/new", methods=["GET", "POST"])
@requires(Permission.PAPER_KEY)
@takes_files(SCANS)
def new_batch() -> AnyResponse:
    """Begin a batch with its cover and, at best, with the photographs."""
    actor = current_actor()
    drive = chosen_drive(actor)
    if drive is None:
        return redirect(url_for("pledges.index"), 303)
    form = CoverForm(data=cover_values(drive, request.args.to_dict()))
    form.offer(actor, drive)
    if form.is_submitted() and form.validate():
        try:
            batch_id = services.begin_batch(actor, drive, form.details(), form.key()).id
            for content in _files(form.scans.data):
                add_scan(actor, batch_id, content)
            db.session.commit()
        except (Invalid, Conflict) as refusal:
            db.session.rollback()
            form.tell(refusal if isinstance(refusal, Invalid) else Invalid(refusal.message))
        else:
            return redirect(url_for("pledges.batch", batch_id=batch_id, _anchor="name"), 303)
    return _cover_page(actor, drive, form, None)


@blueprint.get("/pledges/paper/<uuid:batch_id>")
@requires(Permission.PAPER_KEY)
def batch(batch_id: UUID) -> AnyResponse:
    """One batch: its cover and photographs, the rows to key, or the check."""
    return batch_page(get_batch(current_actor(), batch_id))


@blueprint.route("/pledges/paper/<uuid:batch_id>/cover", methods=["GET", "POST"])
@requires(Permission.PAPER_KEY)
def batch_cover(batch_id: UUID) -> AnyResponse:
    """Put right what the cover says."""
    actor = current_actor()
    found = get_batch(actor, batch_id).batch
    drive = db.session.get_one(PledgeDrive, found.drive_id)
    form = CoverForm(data=batch_values(found))
    form.offer(actor, drive)
    del form.scans
    if form.is_submitted() and form.validate():
        try:
            services.change_batch(actor, batch_id, form.details())
            db.session.commit()
        except Invalid as refusal:
            db.session.rollback()
            form.tell(refusal)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("pledges.batch", batch_id=batch_id), 303)
    return _cover_page(actor, drive, form, get_batch(actor, batch_id))


@blueprint.post("/pledges/paper/<uuid:batch_id>/submission")
@requires(Permission.PAPER_KEY)
def submit_batch(batch_id: UUID) -> AnyResponse:
    """Send it in: claimed = keyed + rejected, or a sentence that says what is missing."""
    actor = current_actor()
    try:
        changed = services.submit_batch(actor, batch_id)
        db.session.commit()
    except Invalid as refusal:
        db.session.rollback()
        return batch_page(get_batch(actor, batch_id), refusal=refusal.message)
    flash(
        _("Sent in. Somebody who did not work on it checks it now.") if changed else _("Nothing changed."),
        "success",
    )
    return redirect(url_for("pledges.batch", batch_id=batch_id), 303)


@blueprint.post("/pledges/paper/<uuid:batch_id>/recall")
@requires(Permission.PAPER_KEY)
def call_back_batch(batch_id: UUID) -> AnyResponse:
    """Take it back while nobody has begun to check it."""
    changed = services.call_back_batch(current_actor(), batch_id)
    db.session.commit()
    flash(_("It is yours again.") if changed else _("Nothing changed."), "success" if changed else "info")
    return redirect(url_for("pledges.batch", batch_id=batch_id, _anchor="name"), 303)


@blueprint.post("/pledges/paper/<uuid:batch_id>/disposal")
@requires(Permission.PAPER_KEY)
def discard_batch(batch_id: UUID) -> AnyResponse:
    """Throw an open batch away, once its label was typed."""
    actor = current_actor()
    drive_id = get_batch(actor, batch_id).batch.drive_id
    try:
        label = services.discard_batch(actor, batch_id, request.form.get("named", ""))
        db.session.commit()
    except Invalid as refusal:
        db.session.rollback()
        return batch_page(get_batch(actor, batch_id), refusal=refusal.message)
    flash(_("“%(label)s” is thrown away, with its rows and photographs.", label=label), "success")
    return redirect(url_for("pledges.paper", drive=drive_id), 303)


def batch_page(
    record: BatchRecord,
    *,
    row: RowForm | None = None,
    refusal: str | None = None,
    returning: ReturnForm | None = None,
    verdicts: dict[UUID, str] | None = None,
) -> AnyResponse:
    """The page of one batch; 422 where something was refused, with what was typed."""
    actor, found = current_actor(), record.batch
    drive = db.session.get_one(PledgeDrive, found.drive_id)
    partners = list_partners(drive.campaign_id)
    if row is None:
        row = RowForm(formdata=None)
        row.restart()
    row.offer()
    last = list_last_rows(found.id) if record.is_open else []
    sample = list_sample(found.id) if record.reads_rows else []
    body = render_template(
        "pledges/paper/batch.html",
        drive=drive,
        actor=actor,
        record=record,
        batch=found,
        own=get_own_partner(actor, drive.campaign_id),
        lead=get_lead(drive, partners),
        row_form=row,
        last=last,
        sample=sample,
        alike=find_lookalikes(actor, [*last, *sample]),
        scans=list_scans(found.id) if record.reads_rows else [],
        refusal=refusal,
        verdicts=verdicts or {},
        sum_words=services.sum_words(record),
        sample_form=SampleForm(formdata=None),
        return_form=returning or ReturnForm(formdata=None),
        plain=PlainForm(),
        words=words,
        texts=texts,
        scan_days=SCAN_DAYS,
        undo_days=UNDO_DAYS,
        most_mb=SCANS.most // 2**20,
        can_take_back="take_back" in record.verbs and may_take_back(found),
    )
    wrong = refusal or row.errors or (returning is not None and returning.errors)
    return make_response(body, 422 if wrong else 200)


def _cover_page(actor: Actor, drive: PledgeDrive, form: CoverForm, record: BatchRecord | None) -> AnyResponse:
    body = render_template(
        "pledges/paper/cover.html",
        drive=drive,
        actor=actor,
        form=form,
        record=record,
        most_mb=SCANS.most // 2**20,
    )
    return make_response(body, 422 if form.errors else 200)


def _files(given: list[FileStorage | str] | None) -> list[bytes]:
    return read_files([one for one in given or [] if isinstance(one, FileStorage)])


def read_files(given: list[FileStorage]) -> list[bytes]:
    """The contents of the files that were chosen; one byte more than allowed tells that one is too large."""
    found = []
    for one in given:
        if one.filename:
            found.append(one.read(SCANS.most + 1))
        one.close()
    return found
