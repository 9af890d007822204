"""The quick log: a contact with a representative, noted on a phone in under a minute."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from organising.lobbying import queries
from organising.lobbying.forms import QuickLogForm, as_id, choices
from organising.lobbying.services import AlreadyLogged, Caution, NeedsConfirmation, log_engagement
from organising.lobbying.views.blueprint import blueprint
from organising.organisations.queries import list_open_asks
from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import db, find
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission
from organising.representatives.models import Person
from organising.representatives.names import fold
from organising.representatives.queries import Suggestion, found_by, search

LONGEST_SEARCH = 100
FINDING = "find"


@blueprint.get("/contact-log/new")
@requires(Permission.ENGAGEMENTS_LOG)
def new_engagement() -> str:
    """An empty form, about ``?person=`` where one is named."""
    form = _form()
    person_id = as_id(request.args.get("person"))
    person = find(Person, person_id) if person_id else None
    if person is not None:
        form.person_id.data = str(person.id)
    form.member.data = "" if person else request.args.get("member", "")[:LONGEST_SEARCH]
    found = [] if person else search(form.member.data or "", on=today())
    return _page(form, person, found=found)


@blueprint.post("/contact-log/new")
@requires(Permission.ENGAGEMENTS_LOG)
def create_engagement() -> Response | tuple[str, int]:
    """Log it; what is wrong or doubtful comes back with everything typed."""
    form = _form()
    shaped = form.validate()
    person, found = _choose(form)
    if request.form.get("do") == FINDING:
        form.clear_errors()
        return _page(form, person, found=found), 200
    if person is None:
        form.show({"member": _nobody(form, found)})
    if not shaped or person is None:
        return _page(form, person, found=found), 422
    return _log(form, person)


def _log(form: QuickLogForm, person: Person) -> Response | tuple[str, int]:
    person_id = person.id
    try:
        logged = log_engagement(current_actor(), form.whole_draft(person_id), confirmed=form.confirmed())
        engagement_id, is_new = logged.engagement.id, logged.is_new
        db.session.commit()
    except NeedsConfirmation as question:
        return _page(form, person, cautions=question.cautions), 422
    except Invalid as invalid:
        form.show(invalid.details)
        return _page(form, person), 422
    except AlreadyLogged as already:
        form.renew()
        return _page(form, person, already=already.engagement_id), 409
    if not is_new:
        flash(_("This was already logged, once."), "info")
    return redirect(url_for(".target", person_id=person_id, logged=engagement_id), 303)


def _form() -> QuickLogForm:
    form = QuickLogForm()
    form.offer(list_open_asks(current_actor().campaign_id))
    return form


def _choose(form: QuickLogForm) -> tuple[Person | None, Sequence[Suggestion]]:
    """The person meant, or whom the typed words could mean.

    A chosen id counts only while the words still mean that person: who typed over a name meant another.
    """
    words = (form.member.data or "").strip()[:LONGEST_SEARCH]
    for text in (form.person_id.data, form.candidate.data):
        chosen = as_id(text)
        if chosen and (not words or _is_found(chosen, words)):
            person = find(Person, chosen)
            if person is not None:
                return person, ()
    found = search(words, on=today())
    exact = [one for one in found if fold(one.label) == fold(words)]
    if len(exact) == 1:
        return find(Person, exact[0].id), ()
    return None, found


def _is_found(person_id: UUID, words: str) -> bool:
    return db.session.scalar(select(Person.id).where(Person.id == person_id, found_by(words))) is not None


def _nobody(form: QuickLogForm, found: Sequence[Suggestion]) -> str:
    if not (form.member.data or "").strip():
        return str(_("Say whom you contacted: three letters of a name or constituency are enough."))
    if not found:
        return str(_("Nobody is found by this. Try fewer letters, or the constituency."))
    return str(_("Choose one of those found."))


def _page(
    form: QuickLogForm,
    person: Person | None,
    *,
    found: Sequence[Suggestion] = (),
    cautions: Sequence[Caution] = (),
    already: UUID | None = None,
) -> str:
    form.person_id.data = str(person.id) if person else ""
    form.candidate.choices = choices((str(one.id), f"{one.label}, {one.detail}") for one in found)
    if len(found) == 1:
        form.candidate.data = str(found[0].id)
    return render_template(
        "lobbying/new_engagement.html",
        form=form,
        person=person,
        seat=queries.list_seats([person.id]).get(person.id) if person else None,
        pressure=queries.measure_pressure(current_actor(), person.id) if person else None,
        cautions=cautions,
        confirmed=form.confirmed(),
        already=already,
        today=today(),
    )
