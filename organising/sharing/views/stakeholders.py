"""The directory: its list, one stakeholder, adding, changing, putting away, and taking out for good."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...lobbying.queries.subjects import find_subject, subject_place
from ...organisations.queries import list_campaign_organisations
from ...platform.access import current_actor, requires
from ...platform.cautions import Caution, NeedsConfirmation
from ...platform.db import db
from ...platform.errors import Conflict, Invalid
from ...platform.given import as_id
from ...platform.pagination import page
from ...platform.permissions import Permission
from ...representatives.names import fold
from ..forms.stakeholders import EntryForm, RemovalForm, StakeholderFilter, StakeholderForm
from ..models import Stakeholder
from ..queries import stakeholders as queries
from ..services import stakeholders as services
from .blueprint import blueprint

PAGE = 50
Answer = str | Response | tuple[str, int]


@blueprint.get("/stakeholders")
@requires(Permission.STAKEHOLDERS_VIEW)
def stakeholders() -> str:
    """Everybody in the directory by name, narrowed by what stands in the address."""
    actor, form = current_actor(), StakeholderFilter(request.args)
    filters = form.filters()
    statement = queries.select_stakeholders(actor, filters)
    found = page(
        statement,
        order_by=[Stakeholder.sort_key, Stakeholder.id],
        cursor=request.args.get("cursor"),
        size=PAGE,
    )
    kept = {
        name: value for name in ("q", "kind", "ours", "archived", "subject") if (value := form[name].data)
    }
    return render_template(
        "sharing/stakeholders.html",
        form=form,
        filters=filters,
        page=found,
        here=url_for(".stakeholders", **kept),
        total=queries.count_stakeholders(statement),
        last=queries.list_last_entries([one.id for one in found.items]),
        partners=partner_names(),
        subject=find_subject(filters.subject_id),
        is_empty=not found.items and not queries.has_stakeholders(actor),
        may_edit=actor.can(Permission.STAKEHOLDERS_EDIT),
    )


def partner_names() -> dict[UUID, str]:
    """Who wrote what: the campaign's organisations by id, those that left too."""
    found = list_campaign_organisations(current_actor().campaign_id, with_former=True)
    return {one.id: one.short_name for one in found}


@blueprint.route("/stakeholders/new", methods=["GET", "POST"])
@requires(Permission.STAKEHOLDERS_EDIT)
def new_stakeholder() -> Answer:
    """Write somebody down."""
    form = StakeholderForm()
    if request.method == "GET":
        subject = find_subject(as_id(request.args.get("subject")))
        if subject is not None:
            form.member.data, form.subject_id.data = subject.name, str(subject.id)
        return _form_page(form)
    try:
        row = services.keep_stakeholder(current_actor(), form.draft(), confirmed=form.confirmed())
    except NeedsConfirmation as question:
        return _form_page(form, cautions=question.cautions), 422
    except Invalid as invalid:
        form.show(invalid.details)
        return _form_page(form), 422
    after = url_for(".stakeholder", stakeholder_id=row.id)
    db.session.commit()
    flash(_("Added to the directory. Every partner can see it."), "success")
    return redirect(after, 303)


def _form_page(
    form: StakeholderForm, row: Stakeholder | None = None, cautions: Sequence[Caution] = ()
) -> str:
    return render_template("sharing/stakeholder_form.html", form=form, row=row, cautions=cautions)


@blueprint.get("/stakeholders/<uuid:stakeholder_id>")
@requires(Permission.STAKEHOLDERS_VIEW)
def stakeholder(stakeholder_id: UUID) -> str:
    """One stakeholder with the short log."""
    return stakeholder_page(
        services.get_stakeholder(current_actor(), stakeholder_id), EntryForm(formdata=None)
    )


def stakeholder_page(row: Stakeholder, form: EntryForm, cautions: Sequence[Caution] = ()) -> str:
    """The page, with what was typed for the log."""
    actor = current_actor()
    form.key()
    subject = find_subject(row.person_id or row.institution_id)
    place = subject_place(row) if subject else None
    return render_template(
        "sharing/stakeholder.html",
        row=row,
        entries=queries.list_entries(row.id),
        form=form,
        cautions=cautions,
        subject=subject,
        subject_url=url_for(place[0], **place[1]) if place else None,
        partners=partner_names(),
        may_edit=actor.can(Permission.STAKEHOLDERS_EDIT),
        is_ours=row.organisation_id == actor.organisation_id,
        removed=as_id(request.args.get("removed")),
        logged="logged" in request.args,
    )


@blueprint.route("/stakeholders/<uuid:stakeholder_id>/edit", methods=["GET", "POST"])
@requires(Permission.STAKEHOLDERS_EDIT)
def edit_stakeholder(stakeholder_id: UUID) -> Answer:
    """Change what one's own organisation wrote."""
    actor = current_actor()
    row = services.get_own(actor, stakeholder_id)
    subject = find_subject(row.person_id or row.institution_id)
    form = StakeholderForm(
        obj=row, member=subject.name if subject else "", subject_id=str(subject.id) if subject else ""
    )
    if request.method == "GET":
        return _form_page(form, row)
    try:
        services.edit_stakeholder(
            actor, stakeholder_id, form.draft(), version=form.version.shown, confirmed=form.confirmed()
        )
    except NeedsConfirmation as question:
        return _form_page(form, row, question.cautions), 422
    except Invalid as invalid:
        form.show(invalid.details)
        return _form_page(form, row), 422
    except Conflict as conflict:
        form.form_errors.append(conflict.message)
        form.version.data = str(row.version)
        return _form_page(form, row), 409
    db.session.commit()
    flash(_("Change kept."), "success")
    return _to(stakeholder_id)


@blueprint.post("/stakeholders/<uuid:stakeholder_id>/archive")
@requires(Permission.STAKEHOLDERS_EDIT)
def archive_stakeholder(stakeholder_id: UUID) -> Response:
    """Put somebody away; the page offers the way back."""
    services.archive_stakeholder(current_actor(), stakeholder_id)
    db.session.commit()
    return _to(stakeholder_id)


@blueprint.post("/stakeholders/<uuid:stakeholder_id>/archive/removal")
@requires(Permission.STAKEHOLDERS_EDIT)
def restore_stakeholder(stakeholder_id: UUID) -> Response:
    """Bring somebody back."""
    services.restore_stakeholder(current_actor(), stakeholder_id)
    db.session.commit()
    flash(_("Back in the directory."), "success")
    return _to(stakeholder_id)


@blueprint.route("/stakeholders/<uuid:stakeholder_id>/removal", methods=["GET", "POST"])
@requires(Permission.STAKEHOLDERS_EDIT)
def remove_stakeholder(stakeholder_id: UUID) -> Answer:
    """Delete somebody who asked for it, once their name was typed."""
    actor = current_actor()
    row, form = services.get_stakeholder(actor, stakeholder_id), RemovalForm()
    if request.method == "GET":
        return render_template("sharing/stakeholder_removal.html", row=row, form=form)
    if fold(form.name.data or "") != row.sort_key:
        form.show({"name": _("Type the name as it stands above.")})
        return render_template("sharing/stakeholder_removal.html", row=row, form=form), 422
    services.remove_for_good(actor, stakeholder_id)
    db.session.commit()
    flash(
        _("Deleted, with everything that partners wrote about them. Backups forget them as they age."),
        "success",
    )
    return redirect(url_for(".stakeholders"), 303)


def _to(stakeholder_id: UUID) -> Response:
    return redirect(url_for(".stakeholder", stakeholder_id=stakeholder_id), 303)
