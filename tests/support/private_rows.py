"""Rows of Liberty's own, one for every kind of id that a route takes: what no partner may read."""

from datetime import timedelta
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.tasks.services import TaskDraft, add_task
from tests.support.sharing import introduced
from tests.support.world import World


def keep_private_rows(app: Flask, world: World) -> dict[str, UUID]:
    """Make them; the ids by the name under which routes take them."""
    coordinator = world.user("liberty", "coordinator")
    with app.app_context():
        rows = {
            "unit_id": world.unit("liberty", "National office"),
            "membership_id": _membership(world, coordinator),
            "session_id": uuid4(),
            "officer_id": uuid4(),
            "unit_change_id": uuid4(),
            "unit_import_id": uuid4(),
        }
    with world.context("liberty", coordinator) as session:
        rows |= _rows(session, world, coordinator)
        session.commit()
    rows["file_id"] = _file(app, world, coordinator)
    rows |= _call_rows(world)
    rows |= _action_rows(world, coordinator)
    rows["motion_text_id"] = _model_text(world, coordinator)
    rows["motion_id"], rows["forwarding_id"] = _motion(world, coordinator), uuid4()
    rows["introduction_id"] = introduced(world, world.user("praxis"), "praxis", "liberty")
    return rows


def _file(app: Flask, world: World, coordinator: Actor) -> UUID:
    from io import BytesIO

    from organising.files.services import keep_file

    with app.test_request_context(), world.context("liberty", coordinator) as session:
        file = keep_file(coordinator, BytesIO(b"An invented list."), "Invented list.txt")
        session.commit()
        return file.id


def _call_rows(world: World) -> dict[str, UUID]:
    from tests.support.calls import Asking

    asking = Asking(world, "liberty")
    unit_id = asking.district("National office", officer=False)
    call_id = asking.call([unit_id])
    return {"call_id": call_id, "call_unit_id": asking.asked(call_id, unit_id)}


def _action_rows(world: World, coordinator: Actor) -> dict[str, UUID]:
    from organising.actions import services
    from tests.support.actions import planned

    action_id = planned(world, coordinator, "liberty", submit=False)
    with world.context("liberty", coordinator) as session:
        role = services.give_role(coordinator, action_id, services.RoleDraft("steward", name="Invented"))
        material = services.add_material(
            coordinator, action_id, services.Material("Leaflet", "https://example.org/a")
        )
        template = services.keep_template(coordinator, services.TemplateDraft("stall", "Ours"))
        rows = {
            "action_id": action_id,
            "action_role_id": role.id,
            "material_id": material.id,
            "action_template_id": template.id,
            "user_id": coordinator.user_id,
            "proposal_id": uuid4(),
        }
        session.commit()
    return rows


def _model_text(world: World, coordinator: Actor) -> UUID:
    from organising.motions.services.texts import Model, begin
    from organising.motions.text import MotionText

    with world.context("liberty", coordinator) as session:
        model = Model(MotionText("An invented draft", "", "", "To invent."), ("branch",), ())
        text_id = begin(coordinator, "en", model).text_id
        session.commit()
    return text_id


def _motion(world: World, coordinator: Actor) -> UUID:
    """A draft, with all that is private about one."""
    from organising.motions.services.writing import Draft, write_motion
    from organising.motions.text import MotionText

    with world.context("liberty", coordinator) as session:
        words = MotionText("An invented draft", "", "", "To invent.")
        draft = Draft("council", words, "Invented council", proposer="Invented Mover", notes="Invented")
        motion_id = write_motion(coordinator, draft, uuid4()).id
        session.commit()
    return motion_id


def _membership(world: World, actor: Actor) -> UUID:
    with world.context("liberty") as session:
        return session.scalar(text("SELECT id FROM membership WHERE user_id = :u"), {"u": actor.user_id})


def _rows(session: Session, world: World, actor: Actor) -> dict[str, UUID]:
    from organising.letters.models import LetterAction, LetterRelay
    from organising.lobbying.models import Engagement, FollowUp
    from organising.mailings.models import IncomingMessage, Mailing, MailingTemplate, SenderIdentity
    from organising.organisations.models import Invitation
    from organising.platform.tenancy import Context, use_context
    from organising.pledges.models import Pledge, PledgeAlert, PledgeInvalidation
    from organising.representatives.models import OfficeHolding, Person
    from tests.support.imports import kept_upload
    from tests.support.pledges import open_a_drive
    from tests.support.sign_ons import Signing

    person_id = uuid4()
    with use_context(Context(purpose="import")) as imports:
        imports.add(Person(id=person_id, name="Invented Member", sort_key="invented member"))
        imports.flush()
        imports.add(OfficeHolding(id=(holding_id := uuid4()), person_id=person_id, kind="mp", source="test"))
        imports.commit()
    invitation = Invitation(
        email_key=b"k", role="admin", invited_by="x", expires_at=now() + timedelta(days=1)
    )
    invitation.email = "guest@example.org"
    engagement = Engagement(
        campaign_id=world.campaign,
        author_label="x",
        person_id=person_id,
        kind="call",
        attended_by="staff",
        outcome="helpful",
        headline="A headline",
        happened_on=today(),
        submission_key=uuid4(),
    )
    follow_up = FollowUp(person_id=person_id, due_on=today(), owner_user_id=actor.user_id)
    follow_up.what = "Ring them"
    mailing = Mailing(
        organisation_id=actor.organisation_id, campaign_id=world.campaign, title="t", subject="s", body="b", sender_name="n",
        reply_to="r@example.org", created_by_label="x", last_editor_label="x", updated_at=now(), created_by=actor.user_id,
        last_editor_id=actor.user_id,
    )  # fmt: skip
    letters = LetterAction(
        organisation_id=actor.organisation_id, campaign_id=world.campaign, slug="letters", title="t", standfirst="s",
        prompts="p", subject="s", created_by_label="x", last_editor_label="x", updated_at=now(),
    )  # fmt: skip
    template = MailingTemplate(
        organisation_id=actor.organisation_id, name="n", subject="s", body="b", author_label="x"
    )
    upload = kept_upload()
    identity = SenderIdentity(
        organisation_id=actor.organisation_id, name="n", address="a@example.org", reply_to="a@example.org"
    )
    incoming = IncomingMessage(came_by="reply", digest=b"d", size=1, state="triage")
    session.add_all([letters, template, identity, incoming])
    session.flush()
    relay = LetterRelay(action_id=letters.id, holding_id=holding_id, drafted_by_label="x")
    relay.answer = "An answer."
    session.add(relay)
    session.add_all([invitation, engagement, follow_up, mailing, upload])
    session.flush()
    found = {
        "upload_id": upload.id,
        "incoming_id": incoming.id,
        "invitation_id": invitation.id,
        "engagement_id": engagement.id,
        "follow_up_id": follow_up.id,
        "mailing_id": mailing.id,
        "identity_id": identity.id,
        "delivery_id": uuid4(),
        "letter_action_id": letters.id,
        "relay_id": relay.id,
        "template_id": template.id,
    }
    drive_id = open_a_drive(world)
    session.execute(
        insert(Pledge).values(
            organisation_id=actor.organisation_id, id=(pledge_id := uuid4()), campaign_id=world.campaign, drive_id=drive_id,
            signing_id=uuid4(), part="collected", name="Invented Signer", name_folded="invented signer", state="pending",
            wording_version=1, channel="web", person_key=b"p", name_key=b"n", postcode_key=b"c",
        )
    )  # fmt: skip
    gone = PledgeInvalidation(drive_id=drive_id, author_label="x", number=1, reason="r", filter="f")
    times = dict.fromkeys(("since", "until", "ends_at"), now())
    alert = PledgeAlert(
        drive_id=drive_id,
        kind="network",
        subject_key=b"k",
        day=today(),
        number=20,
        among=20,
        usual=1,
        **times,
    )
    session.add_all([gone, alert])
    session.flush()
    from organising.calendars.models import CalendarFeed

    feed = CalendarFeed(
        campaign_id=world.campaign, user_id=actor.user_id, author_label="x", kind="campaign", token_hash=b"x" * 32
    )  # fmt: skip
    session.add(feed)
    session.flush()
    found["feed_id"] = feed.id
    found |= {"pledge_id": pledge_id, "invalidation_id": gone.id, "alert_id": alert.id}
    found |= _contact_rows(actor)
    found |= _assurance_rows(session, actor)
    found |= _rights_rows(session, actor)
    found |= _statement_rows(actor)
    found["task_id"] = add_task(actor, uuid4(), TaskDraft("Something to do")).id
    found |= _attendance_rows(session, actor, person_id)
    found["sign_on_id"] = Signing(world, drive_id).ask("liberty")
    return found | _paper_rows(session, world, actor, drive_id)


def _statement_rows(actor: Actor) -> dict[str, UUID]:
    from organising.statements.services.consulting import Remark, comment
    from organising.statements.services.drafting import Text, begin
    from organising.statements.states import Kind

    draft = begin(actor, Kind.SIGN_ON_LETTER, "A draft", Text("A headline of a draft", "A text of a draft."))
    return {"statement_id": draft.id, "comment_id": comment(actor, draft.id, Remark("A remark.")).id}


def _contact_rows(actor: Actor) -> dict[str, UUID]:
    from organising.contacts.criteria import Group
    from organising.contacts.queries.questions import list_questions
    from organising.contacts.services import add_note, keep_contact
    from organising.contacts.services.bulk import Wish, carry_out, look_ahead
    from organising.contacts.services.fields import add_field
    from organising.contacts.services.importing import keep_file
    from organising.contacts.services.merging import merge_contacts
    from organising.contacts.services.searching import Filters
    from organising.contacts.services.segments import save_segment
    from tests.support.contacts import draft

    contact = keep_contact(actor, draft("Invented Contact", email="c@example.org"))
    note = add_note(actor, contact.id, "A note.", submission_key=uuid4())
    other = keep_contact(actor, draft("Another Contact"))
    merged = keep_contact(actor, draft("Merged Contact"))
    merge = merge_contacts(actor, contact.id, merged.id, {}, versions=(1, 1))
    kept = keep_file(actor, "people.csv", b"name\nInvented Person\n")
    segment = save_segment(actor, "Everybody", Group(), list_questions())
    found = {"contact_id": contact.id, "note_id": note.id, "other_id": other.id, "merge_id": merge.id}
    found["contact_segment_id"] = segment.id
    wish = Wish(Filters(), "tag", "tagged")
    outlook = look_ahead(actor, wish)
    numbers = (outlook.meant, outlook.changing)
    found["bulk_id"] = carry_out(actor, wish, expected=numbers, submission_key=uuid4()).id
    found["field_id"] = add_field(actor, "Car", "truth").id
    return found | {"import_id": kept.id}


def _assurance_rows(session: Session, actor: Actor) -> dict[str, UUID]:
    from organising.assurance.services.breaches import open_breach
    from organising.assurance.services.disclosures import log_request
    from organising.platform.retention import RetentionHold

    breach = open_breach(actor, "Invented.", now(), now(), now())
    row = log_request(
        actor, authority="x", basis="warrant", received_on=today(), subject="Invented", asked="Invented"
    )
    held = RetentionHold(id=uuid4(), until=today(), author_label="Liberty")
    held.reason = "Invented"
    session.add(held)
    session.flush()
    return {"breach_id": breach.id, "disclosure_id": row.id, "hold_id": held.id}


def _rights_rows(session: Session, actor: Actor) -> dict[str, UUID]:
    from organising.platform.erasures import Erasure
    from organising.rights.services.requests import Asked, open_request

    asked = Asked("erasure", "Invented Person", "p@example.org")
    request = open_request(actor, asked, came_by="post", received_on=today())
    erasure = Erasure(number=1, author_label="x", counts={"contact": 1})
    session.add(erasure)
    session.flush()
    return {"rights_id": request.id, "erasure_id": erasure.id}


def _attendance_rows(session: Session, actor: Actor, person_id: UUID) -> dict[str, UUID]:
    from organising.actions.services import Plan, plan_action
    from organising.attendance.models import AttendanceMail, LobbyBriefing, MeetingSlot, SignUp, SignUpPage

    begins = now() + timedelta(days=9)
    plan = Plan(
        "lobby_day", "Invented lobby day", begins, begins + timedelta(hours=1), "Invented", is_public=True
    )
    action = plan_action(actor, plan)
    slot = MeetingSlot(
        action_id=action.id, person_id=person_id, starts_at=begins, capacity=3, author_label="x"
    )
    slot.room = "An invented room"
    sign_up = SignUp(
        id=uuid4(), action_id=action.id, signing_id=uuid4(), consent="x", consent_version=1, state="going", confirmed_at=now()
    )  # fmt: skip
    sign_up.name, sign_up.email, sign_up.postcode = "Invented Visitor", "v@example.org", "E1 4NS"
    page = SignUpPage(action_id=action.id)
    page.notes = "Invented notes"
    lines = LobbyBriefing(action_id=action.id, person_id=person_id, author_label="x")
    lines.lines = "Invented lines"
    session.add_all([slot, sign_up, page, lines])
    session.flush()
    session.add(AttendanceMail(sign_up_id=sign_up.id, kind="reminder", key="x"))
    session.flush()
    return {"action_id": action.id, "sign_up_id": sign_up.id, "slot_id": slot.id}


def _paper_rows(session: Session, world: World, actor: Actor, drive_id: UUID) -> dict[str, UUID]:
    from organising.pledges.models import PaperBatch, PaperRow

    batch_id, row_id, by = uuid4(), uuid4(), {"created_by": actor.user_id}
    session.add(
        PaperBatch(id=batch_id, campaign_id=world.campaign, drive_id=drive_id, client_id=uuid4(), wording_version=1,
                   label="Invented", held_on=today(), claimed=1, **by)
    )  # fmt: skip
    session.flush()
    session.add(
        PaperRow(id=row_id, batch_id=batch_id, drive_id=drive_id, number=1, client_id=uuid4(), name="Invented Signer",
                 postcode="E1 4NS", keyed_by=actor.user_id)
    )  # fmt: skip
    return {"batch_id": batch_id, "row_id": row_id}
