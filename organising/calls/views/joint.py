"""Calls to every partner: the coordinator's page, and each partner's decision about its own units."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from organising.calls.forms import CallForm
from organising.calls.queries.calls import find_running_pass_on
from organising.calls.queries.joint import find_own_part, get_joint, get_standing
from organising.calls.services import joint as services
from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.forms import PlainForm
from organising.platform.permissions import Permission

from .blueprint import blueprint

Answer = Response | str | tuple[str, int]


@blueprint.route("/all/new", methods=["GET", "POST"])
@requires(Permission.CALLS_LAUNCH)
def launch() -> Answer:
    """Ask every partner; nobody's officers are written to by this."""
    actor = current_actor()
    form = CallForm()
    form.offer(actor)
    if request.method == "GET":
        return _form_page(form)
    try:
        if not form.validate():
            return _form_page(form), 422
        call = services.launch_joint(actor, form.words())
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _form_page(form), 422
    address = url_for(".joint_call", joint_call_id=call.id, saved="joint")
    db.session.commit()
    flash(_("Every partner sees it. Each decides for its own branches."), "success")
    return redirect(address, 303)  # type: ignore[return-value]


def _form_page(form: CallForm) -> str:
    return render_template("calls/form.html", form=form, call=None, joint=True)


@blueprint.get("/all/<uuid:joint_call_id>")
@requires(Permission.CALLS_VIEW)
def joint_call(joint_call_id: UUID) -> str:
    """What is asked, how many take part in safe numbers, and the own decision."""
    actor = current_actor()
    call = get_joint(actor, joint_call_id)
    own = find_running_pass_on(call.id) if actor.can(Permission.CALLS_COUNT) else None
    return render_template(
        "calls/joint.html",
        call=call,
        standing=get_standing(call),
        part=find_own_part(actor, call.id),
        own=own,
        is_author=call.organisation_id == actor.organisation_id and actor.can(Permission.CALLS_LAUNCH),
        decides=actor.can(Permission.CALLS_RELAY),
        takes_decisions=call.takes_decisions(today()),
        form=PlainForm(),
    )


@blueprint.post("/all/<uuid:joint_call_id>/passing-on")
@requires(Permission.CALLS_RELAY)
def pass_on(joint_call_id: UUID) -> Answer:
    """Take it over as a draft for the own units."""
    call = services.pass_on(current_actor(), joint_call_id)
    address = url_for(".units", call_id=call.id)
    db.session.commit()
    flash(_("It is a draft of yours now. Choose the branches, and change the words as you like."), "success")
    return redirect(address, 303)  # type: ignore[return-value]


@blueprint.post("/all/<uuid:joint_call_id>/refusal")
@requires(Permission.CALLS_RELAY)
def decline(joint_call_id: UUID) -> Answer:
    """Not for the own units."""
    services.decline(current_actor(), joint_call_id)
    db.session.commit()
    flash(_("Noted. You can still pass it on until its last day."), "success")
    return _back(joint_call_id)


@blueprint.post("/all/<uuid:joint_call_id>/withdrawal")
@requires(Permission.CALLS_LAUNCH)
def withdraw_joint(joint_call_id: UUID) -> Answer:
    """Call it off for the coalition."""
    services.withdraw_joint(current_actor(), joint_call_id)
    db.session.commit()
    flash(_("It is called off. What partners have passed on is theirs, and they decide on it."), "success")
    return _back(joint_call_id)


@blueprint.post("/all/<uuid:joint_call_id>/withdrawal/removal")
@requires(Permission.CALLS_LAUNCH)
def restore_joint(joint_call_id: UUID) -> Answer:
    """Undo the calling off."""
    services.restore_joint(current_actor(), joint_call_id)
    db.session.commit()
    flash(_("It is back as it was."), "success")
    return _back(joint_call_id)


def _back(joint_call_id: UUID) -> Response:
    return redirect(url_for(".joint_call", joint_call_id=joint_call_id), 303)  # type: ignore[return-value]
