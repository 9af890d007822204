"""People: who is here, who is invited, roles and endings."""

from uuid import UUID

from flask import flash, request
from flask_babel import gettext as _

from ...accounts.words import ROLE_NAMES, ROLE_TASKS
from ...platform.access import current_actor, requires
from ...platform.clock import now
from ...platform.db import db
from ...platform.errors import Conflict, DomainError, Invalid, NotFound
from ...platform.permissions import SEES_PEOPLE, Permission, Role
from .. import invitations, members, queries
from ..forms import InvitationForm, RoleForm
from . import blueprint
from .page import Answer, page, to, told


@blueprint.get("/organisation/members")
@requires(Permission.MEMBERS_MANAGE)
def list_members() -> str:
    return _members_page(_invitation_form())


def _invitation_form() -> InvitationForm:
    form = InvitationForm()
    form.offer(members.roles_offered(current_actor()), queries.list_units())
    return form


def _members_page(form: InvitationForm) -> str:
    actor = current_actor()
    units = {u.unit.id: u.unit.name for u in queries.list_units(closed=True)}
    return page(
        "members",
        form=form,
        members=queries.list_members(actor),
        with_second_factor=queries.list_with_second_factor(),
        former=queries.list_members(actor, ended=True),
        invitations=[
            (i, i.state(now()), units.get(i.unit_id) if i.unit_id else None)
            for i in queries.list_pending_invitations()
        ],
        offered=members.roles_offered(actor),
        role_names=ROLE_NAMES,
        sees_people=SEES_PEOPLE,
        unit_names=units,
    )


@blueprint.post("/organisation/members/invitations")
@requires(Permission.MEMBERS_MANAGE)
def invite() -> Answer:
    form = _invitation_form()
    if not form.validate():
        return _members_page(form), 422
    try:
        invitations.invite(
            current_actor(),
            form.email.data or "",
            Role(form.role.data),
            form.unit_id.data,
            subtree_id=form.subtree_id.data,
        )
    except (Invalid, invitations.AlreadyThere) as error:
        db.session.rollback()
        told(form, error, "unit_id" if isinstance(error, Invalid) else "email")
        return _members_page(form), 422
    db.session.commit()
    flash(_("The invitation is on its way."), "success")
    return to("list_members")


@blueprint.post("/organisation/members/invitations/<uuid:invitation_id>/resending")
@requires(Permission.MEMBERS_MANAGE)
def resend_invitation(invitation_id: UUID) -> Answer:
    invitations.resend(current_actor(), invitation_id)
    db.session.commit()
    flash(_("The invitation is on its way again."), "success")
    return to("list_members")


@blueprint.post("/organisation/members/invitations/<uuid:invitation_id>/withdrawal")
@requires(Permission.MEMBERS_MANAGE)
def withdraw_invitation(invitation_id: UUID) -> Answer:
    invitations.withdraw(current_actor(), invitation_id)
    db.session.commit()
    flash(_("The invitation is withdrawn. Its link no longer works."), "success")
    return to("list_members")


def _get_member(membership_id: UUID) -> queries.Member:
    found = queries.find_member(current_actor(), membership_id)
    if found is None:
        raise NotFound
    return found


@blueprint.route("/organisation/members/<uuid:membership_id>/role", methods=["GET", "POST"])
@requires(Permission.MEMBERS_MANAGE)
def change_role(membership_id: UUID) -> Answer:
    actor, member = current_actor(), _get_member(membership_id)
    form = RoleForm(obj=member)
    form.offer(members.roles_offered(actor), queries.list_units())
    if request.method == "GET":
        return _role_page(member, form)
    if not form.validate():
        return _role_page(member, form), 422
    try:
        members.change_role(
            actor, membership_id, Role(form.role.data), form.unit_id.data, form.subtree_id.data
        )
    except (Invalid, Conflict) as error:
        db.session.rollback()
        told(form, error)
        return _role_page(member, form), error.status
    db.session.commit()
    flash(_("%(name)s has the new role from their next page on.", name=member.display_name), "success")
    return to("list_members")


def _role_page(member: queries.Member, form: RoleForm) -> str:
    return page("role", member=member, form=form, role_names=ROLE_NAMES, role_tasks=ROLE_TASKS)


@blueprint.route("/organisation/members/<uuid:membership_id>/ending", methods=["GET", "POST"])
@requires(Permission.MEMBERS_MANAGE)
def end_membership(membership_id: UUID) -> Answer:
    actor, member = current_actor(), _get_member(membership_id)
    if request.method == "GET":
        return page("ending", member=member, role_names=ROLE_NAMES)
    try:
        members.end_membership(actor, membership_id)
    except Conflict as error:
        return _refused_ending(member, error)
    db.session.commit()
    flash(
        _("%(name)s is no longer a member. Their next page here is refused.", name=member.display_name),
        "success",
    )
    return to("list_members")


def _refused_ending(member: queries.Member, error: DomainError) -> Answer:
    db.session.rollback()
    return page("ending", member=member, role_names=ROLE_NAMES, refusal=error.message), error.status


@blueprint.route("/organisation/members/<uuid:membership_id>/second-step", methods=["GET", "POST"])
@requires(Permission.MEMBERS_MANAGE)
def reset_second_factor(membership_id: UUID) -> Answer:
    actor, member = current_actor(), _get_member(membership_id)
    if request.method == "GET":
        is_on = member.user_id in queries.list_with_second_factor()
        return page("second_factor_reset", member=member, is_on=is_on)
    members.reset_second_factor(actor, membership_id)
    db.session.commit()
    flash(
        _(
            "%(name)s is told by mail, and signs in with the password alone until they set it up again.",
            name=member.display_name,
        ),
        "success",
    )
    return to("list_members")
