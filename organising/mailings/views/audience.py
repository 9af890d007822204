"""Whom a mailing goes to: finding, choosing, leaving out, and how each is greeted."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from organising.lobbying.queries import measure_pressures
from organising.lobbying.queries.segments import list_segments
from organising.mailings import queries, words
from organising.mailings.audience import included, list_entries
from organising.mailings.content import Entry
from organising.mailings.forms import AudienceFilter, SparingForm
from organising.mailings.models import Mailing
from organising.mailings.queries import AudienceCriteria
from organising.mailings.services import audience as services
from organising.mailings.services import drafting
from organising.platform.access import current_actor, requires
from organising.platform.db import db, new_id
from organising.platform.errors import Invalid
from organising.platform.given import as_id
from organising.platform.permissions import Permission
from organising.platform.ui import with_query

from . import blueprint

ROWS = 50


@blueprint.get("/<uuid:mailing_id>/audience")
@requires(Permission.MAILINGS_DRAFT)
def audience(mailing_id: UUID) -> str | tuple[str, int]:
    """Find representatives, and see who is chosen, who is left out and why."""
    actor = current_actor()
    mailing = queries.get_own(actor, mailing_id)
    criteria = AudienceCriteria.from_args(request.args)
    form = AudienceFilter.showing(actor, criteria)
    is_right = form.check()
    found = queries.find_audience(actor, criteria, without=mailing_id)
    entries = list_entries(mailing)
    going = included(entries)
    pressures = measure_pressures(actor, [one.person_id for one in going])
    start = _start(len(entries))
    sparing = SparingForm(obj=mailing)
    sparing.offer()
    batch_id = as_id(request.args.get("added"))
    page = render_template(
        "mailings/audience.html",
        pressed=[
            (one, pressures[one.person_id].mail) for one in going if pressures[one.person_id].mail.is_full
        ],
        mailing=mailing,
        form=form,
        criteria=criteria,
        sparing=sparing,
        total=queries.count_candidates(found),
        words=words,
        found=queries.list_candidates(found, most=ROWS),
        entries=entries[start : start + ROWS],
        start=start,
        chosen=len(entries),
        left_out=[entry for entry in entries if entry.left_out],
        shared=sharing(going),
        unchecked=sum(not entry.checked_by for entry in going),
        rows=ROWS,
        batch_id=batch_id,
        just_added=queries.count_batch(mailing_id, batch_id) if batch_id else 0,
        segments=list_segments(actor),
        removed=_removed(mailing),
    )
    return page if is_right else (page, 422)


@blueprint.post("/<uuid:mailing_id>/audience/additions")
@requires(Permission.MAILINGS_DRAFT)
def add(mailing_id: UUID) -> Response:
    """Choose those ticked, or with ``all`` everyone that the filter finds. The answer offers the way back."""
    actor, batch_id = current_actor(), new_id()
    if request.form.get("all"):
        found = queries.find_audience(actor, _criteria(), without=mailing_id)
        number = drafting.choose_all(actor, mailing_id, queries.list_candidates(found), batch_id=batch_id)
    else:
        number = drafting.add_choices(actor, mailing_id, _ids("holding"), batch_id=batch_id)
    db.session.commit()
    flash(ngettext("%(num)d representative added.", "%(num)d representatives added.", number), "success")
    return _back(mailing_id, added=batch_id if number else None)


@blueprint.post("/<uuid:mailing_id>/audience/removals")
@requires(Permission.MAILINGS_DRAFT)
def remove(mailing_id: UUID) -> Response:
    """Take out those ticked, with ``batch`` those added at once, or with ``all`` everyone."""
    actor, batch_id = current_actor(), as_id(request.form.get("batch"))
    if batch_id:
        number = services.undo_addition(actor, mailing_id, batch_id)
    elif request.form.get("all"):
        number = services.remove_choices(actor, mailing_id, None)
    else:
        number = services.remove_choices(actor, mailing_id, _ids("choice"))
    db.session.commit()
    flash(
        ngettext("%(num)d representative taken out.", "%(num)d representatives taken out.", number), "success"
    )
    return _back(mailing_id, removed=1 if number else None)


@blueprint.post("/<uuid:mailing_id>/audience/restorations")
@requires(Permission.MAILINGS_DRAFT)
def put_back(mailing_id: UUID) -> Response:
    """Choose again whom the last removal took out."""
    number = services.put_back(current_actor(), mailing_id)
    db.session.commit()
    flash(ngettext("%(num)d representative is back.", "%(num)d representatives are back.", number), "success")
    return _back(mailing_id)


@blueprint.post("/<uuid:mailing_id>/audience/sparing")
@requires(Permission.MAILINGS_DRAFT)
def spare(mailing_id: UUID) -> Response:
    """Say whether those who have had enough mail, or had some lately, are left out."""
    queries.get_own(current_actor(), mailing_id)
    form = SparingForm()
    form.offer()
    if not form.validate():
        raise Invalid(_("Choose one of the spans of days."))
    services.spare(
        current_actor(),
        mailing_id,
        pressed=bool(form.spares_pressed.data),
        quiet_days=form.quiet_days.data,
    )
    db.session.commit()
    flash(_("Kept. The list below says who is left out, and why."), "success")
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
        # One by one: the cursor waits in the next that nobody has checked.
        going_on = 1 if request.form.get("one") else None
        return redirect(url_for("mailings.salutations", mailing_id=mailing_id, going_on=going_on), 303)
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
        going_on=bool(request.args.get("going_on")),
    )


def sharing(entries: Sequence[Entry]) -> list[tuple[str, list[Entry]]]:
    """Addresses at which several of them are reached, each with those people."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault((entry.address or "").lower(), []).append(entry)
    return [(address, people) for address, people in found.items() if len(people) > 1]


def _criteria() -> AudienceCriteria:
    return AudienceCriteria.from_args(request.form)


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


def _removed(mailing: Mailing) -> Sequence[str]:
    """The names of those who were taken out just now, if the address says that somebody was."""
    removal = queries.find_removal(mailing) if request.args.get("removed") else None
    return queries.name_removed(removal) if removal else []


def _back(mailing_id: UUID, **also: object) -> Response:
    """To the audience again, with the filter as it was."""
    here = url_for("mailings.audience", mailing_id=mailing_id)
    return redirect(with_query(here, **_criteria().to_args(), **also), 303)
