"""Where a partner makes its links, says on which sites its form may stand, and sees what they brought."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from ...organisations.queries import list_units
from ...platform.access import current_actor, requires
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict, Forbidden
from ...platform.forms import PlainForm
from ...platform.links import address_of_page
from ...platform.permissions import Permission
from ..embed_forms import LinkForm, OriginForm
from ..models import EmbedOrigin, PledgeDrive
from ..queries import count_sources, list_origins, list_partners
from ..services.embeds import add_origin, remove_origin
from .blueprint import blueprint, chosen_drive, tabs


@blueprint.get("/pledges/embed")
@requires(Permission.PLEDGES_TOTALS)
def embeds() -> AnyResponse | str:
    """Links by branch and source, the frame, the counter, and how many came by each."""
    drive = chosen_drive(current_actor())
    if drive is None:
        return redirect(url_for("pledges.index"), 303)
    return _page(drive, OriginForm(formdata=None))


@blueprint.post("/pledges/drives/<uuid:drive_id>/origins")
@requires(Permission.EMBEDS_MANAGE)
def new_origin(drive_id: UUID) -> AnyResponse:
    """Let the own form stand on one more site."""
    drive, form = get_or_404(PledgeDrive, drive_id), OriginForm()
    if form.validate():
        try:
            added = add_origin(current_actor(), form.origin.data or "")
            db.session.commit()
        except Conflict as error:
            form.origin.errors = [error.message]
        else:
            flash(
                _("The form may stand on %(site)s.", site=form.origin.data)
                if added
                else _("It may already."),
                "success",
            )
            return redirect(url_for("pledges.embeds", drive=drive.id, _anchor="frame"), 303)
    return _page(drive, form), 422  # type: ignore[return-value]


@blueprint.post("/pledges/drives/<uuid:drive_id>/origins/<uuid:origin_id>/removal")
@requires(Permission.EMBEDS_MANAGE)
def drop_origin(drive_id: UUID, origin_id: UUID) -> AnyResponse:
    """Let it stand there no longer; adding it again is as quick."""
    drive, row = get_or_404(PledgeDrive, drive_id), get_or_404(EmbedOrigin, origin_id)
    if row.organisation_id != current_actor().organisation_id:
        raise Forbidden("This site was declared by another organisation.")
    origin = row.origin
    remove_origin(current_actor(), row)
    db.session.commit()
    flash(_("The form no longer stands on %(site)s. Add it again to undo this.", site=origin), "success")
    return redirect(url_for("pledges.embeds", drive=drive.id, _anchor="frame"), 303)


def _page(drive: PledgeDrive, form: OriginForm) -> str:
    actor = current_actor()
    own = next(one for one in list_partners(drive.campaign_id) if one.id == actor.organisation_id)
    links = LinkForm(formdata=request.args)
    units = list_units()
    links.unit.choices = [("", _("None"))] + [(one.unit.id.hex, one.unit.name) for one in units]
    credit = links.values() if links.validate() else {}
    frame = address_of_page("pledges.embedded", slug=drive.slug, via=own.slug, **credit)
    return render_template(
        "pledges/embeds.html",
        drive=drive,
        tabs=tabs(actor, drive, "embeds"),
        organisation=actor.organisation_name,
        may_manage=actor.can(Permission.EMBEDS_MANAGE),
        links=links,
        credit=credit,
        made_link=address_of_page("pledges.sign", slug=drive.slug, via=own.slug, **credit),
        frame=frame,
        script=address_of_page("pledges.embedding"),
        counter_svg=address_of_page("pledges.counter_svg", slug=drive.slug),
        counter_json=address_of_page("pledges.counter_json", slug=drive.slug),
        origins=list_origins(actor.campaign_id, actor.organisation_id),
        form=form,
        plain=PlainForm(),
        sources=count_sources(drive.id) if actor.can(Permission.SIGNERS_VIEW) else [],
        channels=channel_labels(),
    )


def channel_labels() -> dict[str, str]:
    """By which way a signature came, in words."""
    return {
        "web": _("The pledge's page"),
        "embed": _("The form on your site"),
        "paper": _("Paper"),
        "event": _("A stall"),
        "import": _("An import"),
    }
