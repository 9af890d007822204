"""What somebody agreed to: written down, taken back; and the organisation's words for each purpose."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...organisations.models import Organisation, OrganisationKind
from ...platform.access import current_actor, requires
from ...platform.cautions import Caution, NeedsConfirmation
from ...platform.db import db, get_or_404, new_id
from ...platform.errors import Invalid, NotFound
from ...platform.given import as_id
from ...platform.permissions import Permission
from ..forms.consents import ConsentForm, WordingForm
from ..models import ConsentPurpose, ConsentWording, Contact
from ..queries.consents import list_wordings
from ..services.consents import first_wording, record_consent, remove_fact, withdraw_consent, write_wording
from ..words import FIELDS, PURPOSES
from .blueprint import blueprint


@blueprint.route("/<uuid:contact_id>/consents/<purpose>", methods=["GET", "POST"])
@requires(Permission.CONTACTS_KEEP)
def consent(contact_id: UUID, purpose: str) -> str | Response | tuple[str, int]:
    """Write down what somebody said about one purpose."""
    contact, chosen = get_or_404(Contact, contact_id), _purpose(purpose)
    form = ConsentForm()
    known = list_wordings().get(chosen, [])
    form.offer(chosen, known, is_charity=_is_charity())
    if request.method == "GET":
        return _page(form, contact, chosen, known)
    if not form.validate():
        return _page(form, contact, chosen, known), 422
    try:
        record_consent(current_actor(), contact_id, form.draft(chosen), confirmed=form.confirmed())
    except NeedsConfirmation as question:
        return _page(form, contact, chosen, known, question.cautions), 422
    except Invalid as invalid:
        form.show(invalid.details)
        return _page(form, contact, chosen, known), 422
    db.session.commit()
    flash(_("Written down. Nothing that was there before is changed."), "success")
    return redirect(url_for(".show", contact_id=contact_id, kept="consent", _anchor="consent"), 303)


@blueprint.post("/<uuid:contact_id>/consents/<purpose>/withdrawal")
@requires(Permission.CONTACTS_KEEP)
def withdraw(contact_id: UUID, purpose: str) -> Response:
    """Somebody takes a yes back."""
    get_or_404(Contact, contact_id)
    key = as_id(request.form.get("submission_key")) or new_id()
    withdraw_consent(
        current_actor(), contact_id, _purpose(purpose), request.form.get("channel", ""), submission_key=key
    )
    db.session.commit()
    flash(
        _("Taken back, from now on. If that was a mistake, write down again what they said and when."),
        "success",
    )
    return redirect(url_for(".show", contact_id=contact_id, _anchor="consent"), 303)


@blueprint.post("/<uuid:contact_id>/consents/<purpose>/fact/removal")
@requires(Permission.CONTACTS_KEEP)
def forget_fact(contact_id: UUID, purpose: str) -> Response:
    """Remove what is kept, though they agreed to it."""
    get_or_404(Contact, contact_id)
    remove_fact(current_actor(), contact_id, _purpose(purpose))
    db.session.commit()
    flash(_("Removed."), "success")
    return redirect(url_for(".show", contact_id=contact_id, _anchor="consent"), 303)


@blueprint.get("/wordings")
@requires(Permission.CONTACTS_KEEP)
def wordings() -> str:
    """The words of each purpose, in their versions."""
    return _wordings_page()


@blueprint.post("/wordings/<purpose>")
@requires(Permission.CONTACTS_SETTINGS)
def reword(purpose: str) -> Response | tuple[str, int]:
    """Write new words for a purpose."""
    chosen, form = _purpose(purpose), WordingForm()
    try:
        write_wording(current_actor(), chosen, form.text.data or "")
    except Invalid as invalid:
        form.show(invalid.details)
        return _wordings_page(chosen, form), 422
    db.session.commit()
    flash(_("From now on these words are shown. Who agreed to others agreed to those."), "success")
    return redirect(url_for(".wordings"), 303)


def _is_charity() -> bool:
    organisation = db.session.get(Organisation, current_actor().organisation_id)
    return organisation is not None and organisation.kind == OrganisationKind.CHARITY


def _purpose(name: str) -> ConsentPurpose:
    try:
        return ConsentPurpose(name)
    except ValueError:
        raise NotFound from None


def _page(
    form: ConsentForm,
    contact: Contact,
    purpose: ConsentPurpose,
    known: Sequence[ConsentWording],
    cautions: Sequence[Caution] = (),
) -> str:
    return render_template(
        "contacts/consent.html",
        form=form,
        contact=contact,
        purpose=purpose,
        purposes=PURPOSES,
        newest=known[0] if known else None,
        first=first_wording(current_actor(), purpose),
        cautions=cautions,
        confirmed=form.confirmed(),
        words=FIELDS,
    )


def _wordings_page(refused: ConsentPurpose | None = None, form: WordingForm | None = None) -> str:
    actor, known = current_actor(), list_wordings()
    parts = [
        (
            purpose,
            label,
            known.get(purpose, []),
            first_wording(actor, purpose),
            form if purpose == refused and form is not None else WordingForm(formdata=None),
        )
        for purpose, label in PURPOSES.items()
    ]
    return render_template(
        "contacts/wordings.html", parts=parts, refused=form, may_edit=actor.can(Permission.CONTACTS_SETTINGS)
    )
