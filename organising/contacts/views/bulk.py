"""Many contacts at once: what would be done and to how many, doing it, and the way back."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from ...organisations.queries import list_units
from ...platform.access import current_actor, requires
from ...platform.cautions import NeedsConfirmation
from ...platform.db import db, get_or_404
from ...platform.errors import Invalid
from ...platform.forms import PlainForm
from ...platform.given import as_id
from ...platform.permissions import Permission, Role
from ...platform.ui import with_query
from ..forms.bulk import ChangeForm
from ..forms.lists import NAMED
from ..models import ContactChange, ContactSegment
from ..queries.changes import list_changed, list_changes
from ..queries.contacts import list_colleagues
from ..queries.questions import list_questions
from ..queries.segments import describe, read_criteria
from ..services.bulk import OtherNumber, Outlook, Wish, assign_colleague, carry_out, look_ahead, undo_change
from ..services.searching import Filters
from ..words import BULK_DEEDS, FIELDS
from .blueprint import blueprint
from .listing import filter_form

SHOWN = 20


@blueprint.get("/changes")
@requires(Permission.CONTACTS_KEEP)
def changes() -> str:
    """The latest of what was done to many at once, each with its way back."""
    return render_template(
        "contacts/changes.html", changes=list_changes(SHOWN), deeds=BULK_DEEDS, form=PlainForm(formdata=None)
    )


@blueprint.get("/changes/new")
@requires(Permission.CONTACTS_KEEP)
def plan_change() -> str | tuple[str, int]:
    """What would be done with those whom the address means, and to how many."""
    form = change_form(request.args)
    return _look(form, filter_form(request.args).filters(), request.args.getlist("only"))


@blueprint.post("/changes")
@requires(Permission.CONTACTS_KEEP)
def make_change() -> str | Response | tuple[str, int]:
    """Do it, if it is still as the page said."""
    form = change_form(request.form)
    filters, ticked = filter_form(request.form).filters(), request.form.getlist("only")
    try:
        change = carry_out(
            current_actor(), form.wish(filters, ticked), expected=form.expected_numbers(),
            submission_key=UUID(form.submission_key.data or ""), confirmed=form.confirmed(),
        )  # fmt: skip
    except (NeedsConfirmation, Invalid):
        return _look(form, filters, ticked)
    except OtherNumber as other:
        db.session.rollback()
        answer = _look(form, filters, ticked, notice=other.message)
        return answer if isinstance(answer, tuple) else (answer, 409)
    change_id = change.id
    db.session.commit()
    return redirect(url_for(".show_change", bulk_id=change_id), 303)


@blueprint.get("/changes/<uuid:bulk_id>")
@requires(Permission.CONTACTS_KEEP)
def show_change(bulk_id: UUID) -> str:
    """What was done, to whom, and the way back."""
    change = get_or_404(ContactChange, bulk_id)
    return render_template(
        "contacts/change.html",
        change=change,
        deeds=BULK_DEEDS,
        contacts=list_changed(change.id, SHOWN),
        form=PlainForm(formdata=None),
    )


@blueprint.post("/changes/<uuid:bulk_id>/undoing")
@requires(Permission.CONTACTS_KEEP)
def undo_bulk_change(bulk_id: UUID) -> Response:
    """Make it as it was, but for what was changed by hand since."""
    change, back = undo_change(current_actor(), bulk_id)
    changed = change.changed
    db.session.commit()
    flash(ngettext("Undone for %(num)d contact.", "Undone for %(num)d contacts.", back), "success")
    if back < changed:
        flash(_("Where somebody changed it by hand since, it stays as they left it."), "info")
    return redirect(url_for(".show_change", bulk_id=bulk_id), 303)


@blueprint.post("/<uuid:contact_id>/colleague")
@requires(Permission.CONTACTS_KEEP)
def assign(contact_id: UUID) -> Response:
    """Say who looks after one contact."""
    given = request.form.get("colleague") or ""
    assign_colleague(current_actor(), contact_id, (as_id(given) or UUID(int=0)) if given else None)
    db.session.commit()
    flash(_("Change kept."), "success")
    return redirect(url_for(".show", contact_id=contact_id), 303)


def change_form(given: object = None) -> ChangeForm:
    """What to do, with what there is to choose among."""
    form = ChangeForm(given)
    form.offer(None if current_actor().role is Role.OFFICER else list_units(), list_colleagues())
    return form


def _look(
    form: ChangeForm, filters: Filters, ticked: list[str], *, notice: str = ""
) -> str | tuple[str, int]:
    actor, outlook, cautions = current_actor(), None, []
    # Confirmed once, it stays so; the form is shown again with nothing done.
    wish = form.wish(filters, ticked)
    try:
        outlook = look_ahead(actor, wish, confirmed=form.confirmed())
        form.expected.data = f"{outlook.meant}.{outlook.changing}"
    except NeedsConfirmation as question:
        cautions = question.cautions
    except Invalid as invalid:
        form.show(invalid.details)
    page = render_template(
        "contacts/change_new.html",
        form=form,
        wish=wish,
        outlook=outlook,
        says=_in_words(wish, outlook) if outlook else "",
        segment=_segment(filters),
        kept=[(name, value) for name in NAMED if (value := _given(name))],
        ticked=[str(one) for one in wish.ticked],
        cautions=cautions,
        confirmed=form.confirmed(),
        words=FIELDS | {"new_tag": _("Tag")},
        notice=notice,
        back=with_query(url_for(".index"), **{name: value for name in NAMED if (value := _given(name))}),
    )
    return (page, 422) if outlook is None else page


def _given(name: str) -> str:
    return (request.form if request.method == "POST" else request.args).get(name, "")


def _segment(filters: Filters) -> str:
    if filters.segment_id is None:
        return ""
    segment = get_or_404(ContactSegment, filters.segment_id)
    return f"{segment.name}: {describe(read_criteria(segment), list_questions())}"


def _in_words(wish: Wish, outlook: Outlook) -> str:
    """What would be done, as a sentence."""
    number, label = outlook.changing, outlook.label
    said = {
        "tag": ngettext("%(num)d contact gets the tag “%(what)s”.", "%(num)d contacts get the tag “%(what)s”.", number, what=label),
        "untag": ngettext("%(num)d contact loses the tag “%(what)s”.", "%(num)d contacts lose the tag “%(what)s”.", number, what=label),
        "unit": ngettext("%(num)d contact goes to: %(what)s.", "%(num)d contacts go to: %(what)s.", number, what=label),
        "colleague": ngettext("Who looks after %(num)d contact: %(what)s.", "Who looks after %(num)d contacts: %(what)s.",
                              number, what=label),
    }  # fmt: skip
    return str(said[wish.deed])
