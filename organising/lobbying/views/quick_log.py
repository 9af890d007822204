"""The quick log: a contact with a representative or an institution, noted on a phone in under a minute."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response as JsonResponse
from flask import flash, get_template_attribute, jsonify, redirect, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from organising.lobbying import queries
from organising.lobbying.forms import QuickLogForm, as_id, choices
from organising.lobbying.models import Approach
from organising.lobbying.queries.additions import Additions, list_additions
from organising.lobbying.queries.subjects import (
    LONGEST_SEARCH,
    Subject,
    choose_subject,
    find_subject,
    search_subjects,
)
from organising.lobbying.services import AlreadyLogged, Caution, NeedsConfirmation, log_engagement
from organising.lobbying.views.blueprint import blueprint
from organising.lobbying.words import subject_url
from organising.organisations.queries import list_campaign_organisations, list_open_asks
from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.paths import own_path
from organising.platform.permissions import Permission
from organising.platform.ui import with_query
from organising.representatives.queries import Suggestion

FINDING = "find"


@blueprint.get("/contact-log/subjects.json")
@requires(Permission.ENGAGEMENTS_LOG)
def subjects() -> JsonResponse:
    """People and institutions for a combobox: ``[{id, label, detail}]``."""
    found = search_subjects(request.args.get("q", "")[:LONGEST_SEARCH])
    return jsonify([{"id": str(one.id), "label": one.label, "detail": one.detail} for one in found])


@blueprint.get("/contact-log/new")
@requires(Permission.ENGAGEMENTS_LOG)
def new_engagement() -> str:
    """An empty form, about ``?person=``, ``?institution=`` or ``?approach=`` where one is named; ``?back=`` leads back."""
    form = _form()
    subject = find_subject(as_id(request.args.get("person") or request.args.get("institution")))
    approach_id = as_id(request.args.get("approach"))
    if approach_id and current_actor().can(Permission.APPROACHES_VIEW):
        subject = _from_approach(form, queries.get_approach(current_actor(), approach_id))
    form.back.data = own_path(request.args.get("back")) or ""
    form.member.data = "" if subject else request.args.get("member", "")[:LONGEST_SEARCH]
    found = [] if subject else search_subjects(form.member.data or "")
    # Whom comes first, and a keyboard needs no Tab to say so.
    form.member.render_kw = {"autofocus": True}
    return _page(form, subject, found=found)


@blueprint.post("/contact-log/new")
@requires(Permission.ENGAGEMENTS_LOG)
def create_engagement() -> Response | tuple[str, int]:
    """Log it; what is wrong or doubtful comes back with everything typed."""
    form = _form()
    shaped = form.validate()
    subject, found = _choose(form)
    if form.wants_more or request.form.get("do") == FINDING:
        form.clear_errors()
        return _page(form, subject, found=found), 200
    if subject is None:
        form.show({"member": _nobody(form, found)})
    if not shaped or subject is None:
        return _page(form, subject, found=found), 422
    return _log(form, subject)


def _from_approach(form: QuickLogForm, approach: Approach) -> Subject:
    """Fill in what was planned: with whom, how, and what was to be asked."""
    form.kind.data = approach.channel
    form.ask_ids.data = [str(ask.id) for ask in approach.asks if ask.is_open]
    return Subject(approach.person, approach.institution)


def _log(form: QuickLogForm, subject: Subject) -> Response | tuple[str, int]:
    draft = form.draft(subject)
    try:
        logged = log_engagement(current_actor(), draft, confirmed=form.confirmed())
        engagement_id, is_new = logged.engagement.id, logged.is_new
        db.session.commit()
    except NeedsConfirmation as question:
        return _page(form, subject, cautions=question.cautions), 422
    except Invalid as invalid:
        form.show(invalid.details)
        return _page(form, subject), 422
    except AlreadyLogged as already:
        form.renew()
        return _page(form, subject, already=already.engagement_id), 409
    if not is_new:
        flash(_("This was already logged, once."), "info")
    return redirect(_after(form, subject, engagement_id), 303)


def _after(form: QuickLogForm, subject: Subject, engagement_id: UUID) -> str:
    """To where the person was, or else to whom they contacted; either says what was kept, and how to take it back."""
    about = subject_url(subject)
    back = own_path(form.back.data)
    if not back or back.partition("?")[0] == about.partition("?")[0]:
        return with_query(about, logged=engagement_id)
    flash(_logged_line(subject, engagement_id), "success")
    return back


def _logged_line(subject: Subject, engagement_id: UUID) -> Markup:
    """What was kept, who sees it, and the way to change it; the device forgets its drafts when it shows."""
    line: Markup = get_template_attribute("lobbying/_recorded_parts.html", "logged_line")(
        engagement_id,
        subject,
        " ".join((request.form.get("headline") or "").split()),
        current_actor().organisation_name,
    )
    return line


@blueprint.app_template_global("recorded_with")
def recorded_with(engagement_id: UUID) -> Additions:
    """What hangs on a contact of the reader's organisation, for every page that says what was just logged."""
    return list_additions(current_actor(), engagement_id)


def _form() -> QuickLogForm:
    form, campaign_id = QuickLogForm(), current_actor().campaign_id
    form.offer(list_open_asks(campaign_id), list_campaign_organisations(campaign_id))
    return form


def _choose(form: QuickLogForm) -> tuple[Subject | None, Sequence[Suggestion]]:
    """Whom the person meant, or whom the typed words could mean."""
    return choose_subject(form.chosen_ids(), form.member.data or "")


def _nobody(form: QuickLogForm, found: Sequence[Suggestion]) -> str:
    if not (form.member.data or "").strip():
        return str(_("Say whom you contacted: three letters of a name or constituency are enough."))
    if not found:
        return str(_("Nobody is found by this. Try fewer letters, or the constituency."))
    return str(_("Choose one of those found."))


def _page(
    form: QuickLogForm,
    subject: Subject | None,
    *,
    found: Sequence[Suggestion] = (),
    cautions: Sequence[Caution] = (),
    already: UUID | None = None,
) -> str:
    form.subject_id.data = str(subject.id) if subject else ""
    form.candidate.choices = choices((str(one.id), _suggested(one)) for one in found)
    if len(found) == 1:
        form.candidate.data = str(found[0].id)
    return render_template(
        "lobbying/new_engagement.html",
        form=form,
        subject=subject,
        cautions=cautions,
        confirmed=form.confirmed(),
        already=already,
        today=today(),
        **_known(subject),
    )


def _suggested(one: Suggestion) -> str:
    return f"{one.label}, {one.detail}" if one.detail else one.label


def _known(subject: Subject | None) -> dict[str, Any]:
    """The seat, and how often partners contacted them."""
    if subject is None:
        return {"seat": None, "pressure": None}
    seats = queries.list_seats([subject.person_id]) if subject.person_id else {}
    pressure = queries.measure_pressure(
        current_actor(), subject.person_id, institution_id=subject.institution_id
    )
    return {"seat": seats.get(subject.id), "pressure": pressure}
