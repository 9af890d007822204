"""Whom a mailing goes to: finding, choosing, leaving out, and how each is greeted."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select
from werkzeug.wrappers import Response

from organising.lobbying.queries import measure_pressures
from organising.mailings import queries, words
from organising.mailings.audience import included, list_entries
from organising.mailings.forms import AudienceFilter
from organising.mailings.services import drafting
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission
from organising.platform.ui import with_query
from organising.representatives.models import OfficeHolding

from . import blueprint

ROWS = 50


@blueprint.get("/<uuid:mailing_id>/audience")
@requires(Permission.MAILINGS_DRAFT)
def audience(mailing_id: UUID) -> str:
    """Find representatives, and see who is chosen, who is left out and why."""
    mailing = queries.get_own(current_actor(), mailing_id)
    form, found = _found(mailing_id, request.args)
    entries = list_entries(mailing)
    pressures = measure_pressures(current_actor(), [one.person_id for one in included(entries)])
    start = _start(len(entries))
    return render_template(
        "mailings/audience.html",
        pressed=[
            (one, pressures[one.person_id].mail)
            for one in included(entries)
            if pressures[one.person_id].mail.is_full
        ],
        mailing=mailing,
        form=form,
        total=queries.count_candidates(found),
        words=words,
        found=queries.list_candidates(found, most=ROWS),
        entries=entries[start : start + ROWS],
        start=start,
        chosen=len(entries),
        left_out=[entry for entry in entries if entry.left_out],
        rows=ROWS,
        searched=any(request.args.get(name) for name in ("q", "party", "region")),
    )


@blueprint.post("/<uuid:mailing_id>/audience/additions")
@requires(Permission.MAILINGS_DRAFT)
def add(mailing_id: UUID) -> Response:
    """Choose those ticked, or with ``all`` everyone that the filter finds."""
    if request.form.get("all"):
        _form, found = _found(mailing_id, request.form)
        number = drafting.choose_all(current_actor(), mailing_id, queries.list_candidates(found))
    else:
        number = drafting.add_choices(current_actor(), mailing_id, _ids("holding"))
    db.session.commit()
    flash(ngettext("%(num)d representative added.", "%(num)d representatives added.", number), "success")
    return _back(mailing_id)


@blueprint.post("/<uuid:mailing_id>/audience/removals")
@requires(Permission.MAILINGS_DRAFT)
def remove(mailing_id: UUID) -> Response:
    """Take out those ticked, or with ``all`` everyone."""
    ids = None if request.form.get("all") else _ids("choice")
    number = drafting.remove_choices(current_actor(), mailing_id, ids)
    db.session.commit()
    flash(
        ngettext("%(num)d representative taken out.", "%(num)d representatives taken out.", number), "success"
    )
    return _back(mailing_id)


@blueprint.route("/<uuid:mailing_id>/salutations", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def salutations(mailing_id: UUID) -> Response | str:
    """Look at how each is greeted; those nobody has checked come first."""
    actor = current_actor()
    mailing = queries.get_own(actor, mailing_id)
    if request.method == "POST":
        given = {_uuid(name[2:]): value for name, value in request.form.items() if name.startswith("s-")}
        number = drafting.check_salutations(actor, mailing_id, given)
        db.session.commit()
        flash(ngettext("%(num)d salutation checked.", "%(num)d salutations checked.", number), "success")
        return redirect(url_for("mailings.salutations", mailing_id=mailing_id), 303)
    entries = sorted(list_entries(mailing), key=lambda entry: bool(entry.checked_by))
    unchecked = sum(not entry.checked_by for entry in entries)
    start = _start(len(entries))
    return render_template(
        "mailings/salutations.html",
        mailing=mailing,
        entries=entries[start : start + ROWS],
        start=start,
        rows=ROWS,
        total=len(entries),
        unchecked=unchecked,
    )


def _found(mailing_id: UUID, given: Any) -> tuple[AudienceFilter, Select[OfficeHolding]]:
    form = AudienceFilter(given)
    form.offer()
    found = queries.candidates(
        words=(form.q.data or "")[:100],
        kind=form.kind.data,
        party=form.party.data,
        region=form.region.data,
        without=mailing_id,
    )
    return form, found


def _ids(name: str) -> list[UUID]:
    return [_uuid(value) for value in request.form.getlist(name)]


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Invalid(_("This form is damaged. Reload the page.")) from None


def _start(total: int) -> int:
    start = request.args.get("from", 0, int)
    return start if 0 <= start < max(total, 1) else 0


def _back(mailing_id: UUID) -> Response:
    """To the audience again, with the filter as it was."""
    kept = {name: request.form.get(name) or None for name in ("q", "kind", "party", "region")}
    return redirect(with_query(url_for("mailings.audience", mailing_id=mailing_id), **kept), 303)
