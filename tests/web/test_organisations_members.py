"""People of an organisation: invitations, roles and endings, from outside."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from organising.organisations.models import Invitation, Membership
from organising.platform.audit import AuditEvent

MEMBERS = "/organisation/members"
INVITATIONS = f"{MEMBERS}/invitations"


@pytest.fixture
def admin(world):
    return world.user("neu", "admin")


@pytest.fixture
def page(world, admin):
    return world.browser(admin)


def membership(world, actor, slug="neu"):
    with world.context(slug) as session:
        return session.scalars(
            select(Membership.id).where(
                Membership.user_id == actor.user_id, Membership.organisation_id == world.organisations[slug]
            )
        ).one()


def invitation(world, email, slug="neu"):
    with world.context(slug) as session:
        return next(i.id for i in session.scalars(select(Invitation)) if i.email == email)


def actions(world, slug="neu"):
    with world.context(slug) as session:
        return [
            (e.action, e.facts) for e in session.scalars(select(AuditEvent).order_by(AuditEvent.created_at))
        ]


def test_the_list_shows_name_address_role_unit_and_waiting_invitations(world, admin, page):
    officer = world.user("neu", "officer", unit="Northmoor District")
    page.post(INVITATIONS, data={"email": "soon@neu.example", "role": "analyst"})
    text = page.get(MEMBERS).text
    for words in (
        officer.display_name,
        world.email(officer),
        "Branch officer",
        "Northmoor District",
        "soon@neu.example",
    ):
        assert words in text
    other = world.browser(world.user("praxis", "admin")).get(MEMBERS).text
    assert officer.display_name not in other
    assert "soon@neu.example" not in other


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"email": "", "role": "organiser"}, "Enter the address"),
        ({"email": "not an address", "role": "organiser"}, "no email address"),
        ({"email": "a@neu.example"}, "Choose a role"),
        ({"email": "a@neu.example", "role": "emperor"}, "Not a valid choice"),
        ({"email": "a@neu.example", "role": "coordinator"}, "Not a valid choice"),
        ({"email": "a@neu.example", "role": "deputy"}, "Not a valid choice"),
        ({"email": "a@neu.example", "role": "officer"}, "needs a unit"),
        ({"email": "a@neu.example", "role": "officer", "unit_id": str(uuid4())}, "Not a valid choice"),
    ],
)
def test_an_invitation_with_errors_is_shown_again(page, data, told):
    answer = page.post(INVITATIONS, data=data)
    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{data["email"]}"' in answer.text


def test_an_officer_is_not_invited_into_another_organisations_unit(world, page):
    foreign = world.unit("praxis", "Quayholm")
    answer = page.post(
        INVITATIONS, data={"email": "a@neu.example", "role": "officer", "unit_id": str(foreign)}
    )
    assert answer.status_code == 422


def test_an_address_is_invited_once_and_a_member_never(world, admin, page):
    assert page.post(INVITATIONS, data={"email": "a@neu.example", "role": "organiser"}).status_code == 303
    again = page.post(INVITATIONS, data={"email": "A@neu.example", "role": "admin"})
    assert again.status_code == 422
    assert "open invitation" in again.text
    member = page.post(INVITATIONS, data={"email": world.email(admin), "role": "organiser"})
    assert member.status_code == 422
    assert "a member already" in member.text
    # Whether an address is known at another organisation is nobody's business here.
    elsewhere = world.email(world.user("praxis", "organiser"))
    assert page.post(INVITATIONS, data={"email": elsewhere, "role": "organiser"}).status_code == 303


def test_withdrawing_makes_room_for_another(world, page):
    page.post(INVITATIONS, data={"email": "a@neu.example", "role": "organiser"})
    first = invitation(world, "a@neu.example")
    assert page.post(f"{INVITATIONS}/{first}/withdrawal").status_code == 303
    assert page.post(f"{INVITATIONS}/{first}/withdrawal").status_code == 409
    assert page.post(f"{INVITATIONS}/{first}/resending").status_code == 409
    assert page.post(INVITATIONS, data={"email": "a@neu.example", "role": "analyst"}).status_code == 303
    assert [name for name, _ in actions(world)] == [
        "invitation.made",
        "invitation.withdrawn",
        "invitation.made",
    ]


def test_a_role_can_be_changed_and_counts_at_once(world, page):
    organiser = world.user("neu", "organiser")
    theirs = world.browser(organiser)
    assert theirs.get(MEMBERS).status_code == 403
    path = f"{MEMBERS}/{membership(world, organiser)}/role"
    assert "checked" in page.get(path).text
    assert page.post(path, data={"role": "admin", "unit_id": ""}).status_code == 303
    assert theirs.get(MEMBERS).status_code == 200
    assert actions(world)[-1] == ("member.role_changed", {"before": "organiser", "after": "admin"})


def test_an_officer_gets_a_unit_and_loses_it_with_the_role(world, page):
    organiser, unit = world.user("neu", "organiser"), world.unit("neu", "Northmoor District")
    path = f"{MEMBERS}/{membership(world, organiser)}/role"
    assert page.post(path, data={"role": "officer", "unit_id": ""}).status_code == 422
    assert page.post(path, data={"role": "officer", "unit_id": str(unit)}).status_code == 303
    assert page.post(path, data={"role": "analyst", "unit_id": str(unit)}).status_code == 303
    with world.context("neu") as session:
        row = session.get_one(Membership, membership(world, organiser))
        assert (row.role, row.unit_id) == ("analyst", None)


def test_an_ended_members_next_request_is_denied(world, page):
    organiser = world.user("neu", "organiser")
    theirs = world.browser(organiser)
    assert theirs.get("/organisation").status_code == 200
    path = f"{MEMBERS}/{membership(world, organiser)}/ending"
    assert organiser.display_name in page.get(path).text
    assert theirs.get("/organisation").status_code == 200, "asking ends nothing"
    assert page.post(path).status_code == 303
    assert theirs.get("/organisation").status_code == 403
    assert "former member" in page.get(MEMBERS).text
    assert page.post(path).status_code == 404
    assert actions(world)[-1][0] == "member.ended"


def test_nobody_changes_or_ends_their_own_membership(world, admin, page):
    world.user("neu", "admin")
    own = membership(world, admin)
    assert page.post(f"{MEMBERS}/{own}/role", data={"role": "organiser", "unit_id": ""}).status_code == 403
    assert page.post(f"{MEMBERS}/{own}/ending").status_code == 403
    assert page.get(MEMBERS).status_code == 200


def test_the_last_one_in_charge_cannot_be_removed_even_by_two_at_once(world, admin):
    """Two admins end each other: whoever comes second is refused, for they are no admin any more."""
    other = world.user("neu", "admin")
    first, second = world.browser(admin), world.browser(other)
    assert first.post(f"{MEMBERS}/{membership(world, other)}/ending").status_code == 303
    assert second.post(f"{MEMBERS}/{membership(world, admin)}/ending").status_code == 403
    with world.context("neu") as session:
        left = session.scalars(
            select(Membership).where(
                Membership.ended_at.is_(None), Membership.organisation_id == admin.organisation_id
            )
        ).all()
        assert [m.user_id for m in left] == [admin.user_id]


def test_two_admins_who_end_each_other_at_the_same_moment_leave_one(world, admin):
    from threading import Barrier, Thread

    other = world.user("neu", "admin")
    together, seen = Barrier(2), []

    def end(actor, target):
        browser = world.browser(actor)
        together.wait()
        seen.append(browser.post(f"{MEMBERS}/{target}/ending").status_code)

    pairs = [(admin, membership(world, other)), (other, membership(world, admin))]
    threads = [Thread(target=end, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [303, 403]


def test_an_admin_of_the_lead_touches_no_coordinator(world):
    admin, coordinator = world.user("liberty", "admin"), world.user("liberty", "coordinator")
    page, target = world.browser(admin), membership(world, coordinator, "liberty")
    data = {"role": "analyst", "unit_id": ""}
    assert page.post(f"{MEMBERS}/{target}/role", data=data).status_code == 403
    assert page.post(f"{MEMBERS}/{target}/ending").status_code == 403
    assert (
        page.post(INVITATIONS, data={"email": "me2@liberty.example", "role": "coordinator"}).status_code
        == 422
    )
    own_coordinator = world.browser(coordinator)
    invited = own_coordinator.post(INVITATIONS, data={"email": "deputy@liberty.example", "role": "deputy"})
    assert invited.status_code == 303
    assert own_coordinator.post(f"{MEMBERS}/{membership(world, admin, 'liberty')}/ending").status_code == 303


def test_a_foreign_id_and_an_absent_one_get_the_same_bytes(world, page):
    theirs = world.user("praxis", "organiser")
    world.browser(world.user("praxis", "admin")).post(
        INVITATIONS, data={"email": "x@praxis.example", "role": "organiser"}
    )
    foreign = {
        "membership": membership(world, theirs, "praxis"),
        "invitation": invitation(world, "x@praxis.example", "praxis"),
    }
    for path, kind in (
        (MEMBERS + "/{}/role", "membership"),
        (MEMBERS + "/{}/ending", "membership"),
        (INVITATIONS + "/{}/resending", "invitation"),
        (INVITATIONS + "/{}/withdrawal", "invitation"),
    ):
        for method in ("get", "post"):
            answers = [getattr(page, method)(path.format(i)) for i in (foreign[kind], uuid4())]
            if method == "get" and kind == "invitation":
                continue
            assert [a.status_code for a in answers] == [404, 404], path
            assert answers[0].data == answers[1].data


def test_ones_own_membership_elsewhere_is_not_reached_from_here(world, admin, page):
    """A person may read their own memberships in every organisation; their admin may not touch those."""
    from organising.organisations import founding
    from organising.platform.permissions import Role
    from organising.platform.tenancy import Context, use_context

    with world.app.app_context(), use_context(Context(purpose="setup")) as session:
        elsewhere = founding.found_membership(admin.user_id, world.organisations["praxis"], Role.ANALYST)
        session.commit()
    assert page.post(f"{MEMBERS}/{elsewhere}/role", data={"role": "admin", "unit_id": ""}).status_code == 404
    assert page.get(MEMBERS).text.count(admin.display_name) <= 3
