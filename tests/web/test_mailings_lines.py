"""Lines that partners agree on in advance: a letter made only of them needs two hours, and not a word more may stand in it."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import ProgrammingError

from organising.mailings.models import AgreedLine, Mailing
from organising.mailings.queries.lines import agreed_in_advance, said_in
from organising.mailings.services import decisions, lines, sending, signatories
from organising.mailings.services.attachments import attach
from organising.mailings.states import Decision
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.errors import Forbidden, Invalid
from organising.platform.permissions import Role
from tests.support.mail import Sink
from tests.support.mailings import Campaigners, seat_members
from tests.support.uploads import pdf
from tests.support.world import World

SUBJECT = "Please vote for the firewall tomorrow"
FIRST = "Nobody should fear a doctor or a teacher."
SECOND = "Tomorrow you can vote for a firewall between public services and immigration enforcement."
BODY = f"Dear {{{{ salutation }}}},\n\n{FIRST}\n\n{SECOND}\n\nYours sincerely,\nA campaigner"


@pytest.fixture
def people(app: Flask, world: World) -> Campaigners:
    seat_members(app, 2)
    return Campaigners.at(world)


@pytest.fixture
def signers(world: World) -> dict[str, Actor]:
    return {slug: world.user(slug, "admin") for slug in ("liberty", "lawrs")}


@pytest.fixture
def agreed(people: Campaigners, signers: dict[str, Actor]) -> dict[str, UUID]:
    """The lines, to which both partners agreed."""
    made = {}
    with people.world.context("neu", people.organiser) as session:
        for words in (SUBJECT, FIRST, SECOND):
            made[words] = lines.propose_line(people.organiser, words).id
        session.commit()
    for slug, actor in signers.items():
        for line_id in made.values():
            decide(people.world, slug, actor, line_id)
    return made


def decide(world: World, slug: str, actor: Actor, line_id: UUID, *, agrees: bool = True) -> None:
    with world.context(slug, actor) as session:
        lines.decide_on_line(actor, line_id, agrees=agrees)
        session.commit()


def hurried(people: Campaigners, *slugs: str, **changes: object) -> UUID:
    """A mailing of those lines for which partners were asked, with two hours to object."""
    mailing = people.draft(**({"subject": SUBJECT, "body": BODY} | changes))
    with people.world.context("neu", people.organiser) as session:
        ids = [people.world.organisation(slug) for slug in slugs]
        signatories.name_organisations(people.organiser, mailing, ids, 2)
        session.commit()
    return people.ask(mailing)


def let_two_hours_pass(people: Campaigners, mailing: UUID) -> None:
    with people.world.context("neu") as session:
        row = session.scalars(select(Mailing).where(Mailing.id == mailing)).one()
        assert row.objections_until is not None
        assert row.asked_at is not None
        assert row.objections_until - row.asked_at < timedelta(hours=2, seconds=5)
        session.execute(
            update(Mailing)
            .where(Mailing.id == mailing)
            .values(objections_until=now() - timedelta(seconds=1))
            .execution_options(synchronize_session=False)
        )
        sending.apply_sign_offs(Actor.system(people.organiser.organisation_id), mailing)
        session.commit()


def named(people: Campaigners, mailing: UUID) -> list[str]:
    with people.world.context("neu") as session:
        row = session.scalars(select(Mailing).where(Mailing.id == mailing)).one()
        return [name for _id, name in row.named]


def test_two_hours_without_an_objection_are_a_yes_given_in_advance(
    people: Campaigners, agreed: dict[str, UUID], smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    mailing = hurried(people, "liberty", "lawrs")
    people.approve(mailing)
    run_jobs()
    assert people.state(mailing) == "in_review", "they can still object"
    asked = [one.get_body(("plain",)).get_content() for one in smtp_sink.messages]  # type: ignore[union-attr]
    assert (
        sum("You agreed to every line of it in advance. Object by" in " ".join(one.split()) for one in asked)
        == 2
    )
    let_two_hours_pass(people, mailing)
    assert people.state(mailing) == "approved"
    assert named(people, mailing) == ["Liberty", "Lawrs"]
    smtp_sink.messages.clear()
    people.release(mailing)
    run_jobs()
    part = smtp_sink.messages[0].get_body(("plain",))
    assert part is not None
    assert "In the name of:\nNEU\nLiberty\nLawrs" in part.get_content().replace("\r\n", "\n")


def test_an_objection_and_a_change_of_mind_take_the_name_off(
    people: Campaigners, signers: dict[str, Actor], agreed: dict[str, UUID], run_jobs: Callable[[], None]
) -> None:
    mailing = hurried(people, "liberty", "lawrs")
    people.approve(mailing)
    with people.world.context("liberty", signers["liberty"]) as session:
        shown = people.hash(mailing)
    with people.world.context("liberty", signers["liberty"]) as session:
        decisions.answer_for_name(signers["liberty"], mailing, Decision.DROP_OUT, shown, "Not this week.")
        session.commit()
    let_two_hours_pass(people, mailing)
    assert named(people, mailing) == ["Lawrs"]
    # Before it leaves, an agreement taken back is an objection too.
    decide(people.world, "lawrs", signers["lawrs"], agreed[SECOND], agrees=False)
    people.release(mailing)
    assert named(people, mailing) == []
    run_jobs()
    assert people.counts(mailing) == {"accepted": 2}


@pytest.mark.parametrize(
    "changes",
    [
        {"body": BODY.replace(SECOND, SECOND + " Do it.")},
        {"body": BODY.replace("fear", "trust")},
        {"body": BODY.replace(f"{FIRST}\n\n", f"{FIRST}\n\nThe minister lied.\n\n")},
        {"body": BODY.replace(SECOND, "{{ constituency }} wants it.")},
        {"body": BODY.replace("A campaigner", "A campaigner.\nThe minister lied.")},
        {"body": BODY.replace("Dear {{ salutation }},", "Dear {{ salutation }}. You lied,")},
        {"body": BODY.replace("Yours sincerely,", "Yours in anger,")},
        {"body": BODY.replace("A campaigner", "{{ signature }}")},
        {"body": BODY.replace("A campaigner", '{{signature|"A campaigner"}}')},
        {"body": "Dear {{ salutation }},\n\nYours sincerely,\nA campaigner"},
        {"subject": "The minister lied"},
    ],
    ids=range(11),
)
def test_not_a_word_more_may_stand_in_it(
    people: Campaigners, agreed: dict[str, UUID], changes: dict[str, object]
) -> None:
    with pytest.raises(Invalid, match="Two hours are enough only"):
        hurried(people, "liberty", **changes)


def test_no_file_may_go_with_it(people: Campaigners, agreed: dict[str, UUID]) -> None:
    mailing = people.draft(subject=SUBJECT, body=BODY)
    with people.world.context("neu", people.organiser) as session:
        row = session.scalars(select(Mailing).where(Mailing.id == mailing)).one()
        assert agreed_in_advance(row)
        attach(people.organiser, mailing, "leaflet.pdf", pdf())
        session.flush()
        assert not agreed_in_advance(row)


def test_a_line_agreed_to_by_one_is_not_agreed_to_by_another(
    people: Campaigners, signers: dict[str, Actor], agreed: dict[str, UUID]
) -> None:
    decide(people.world, "lawrs", signers["lawrs"], agreed[FIRST], agrees=False)
    with pytest.raises(Invalid, match="Two hours"):
        hurried(people, "liberty", "lawrs")
    mailing = people.draft(subject=SUBJECT, body=BODY)
    with people.world.context("neu") as session:
        row = session.scalars(select(Mailing).where(Mailing.id == mailing)).one()
        assert agreed_in_advance(row) == {str(people.world.organisation("liberty"))}
    # With more time it can be asked all the same; its silence is then no yes.
    with people.world.context("neu", people.organiser) as session:
        ids = [people.world.organisation(slug) for slug in ("liberty", "lawrs")]
        signatories.name_organisations(people.organiser, mailing, ids, 24)
        session.commit()


def test_the_database_lets_nobody_change_a_line_or_agree_for_another(
    people: Campaigners, signers: dict[str, Actor], agreed: dict[str, UUID]
) -> None:
    world = people.world
    for statement in (
        "UPDATE agreed_line SET words = 'The minister lied'",
        "DELETE FROM agreed_line",
        "UPDATE line_decision SET agrees = true",
        "DELETE FROM line_decision",
    ):
        with (
            world.context("neu", people.organiser) as session,
            pytest.raises(ProgrammingError, match="permission"),
        ):
            session.execute(text(statement))
    values = {
        "campaign": world.campaign,
        "line": agreed[FIRST],
        "theirs": world.organisation("liberty"),
        "signer": signers["liberty"].user_id,
    }
    forged = text(
        "INSERT INTO line_decision (id, campaign_id, organisation_id, author_label, line_id, agrees, signer_id, signer_role)"
        " VALUES (gen_random_uuid(), :campaign, :theirs, 'x', :line, true, :signer, 'admin')"
    )
    with (
        world.context("neu", people.organiser) as session,
        pytest.raises(ProgrammingError, match="row-level"),
    ):
        session.execute(forged, values)


@pytest.mark.parametrize("role", list(Role))
def test_who_proposes_and_who_agrees(people: Campaigners, agreed: dict[str, UUID], role: Role) -> None:
    world = people.world
    actor = world.user("neu", role)
    browser = world.browser(actor)
    signs = role in (Role.COORDINATOR, Role.ADMIN, Role.DEPUTY)
    drafts = signs or role is Role.ORGANISER
    shown = browser.get("/mailings/lines")
    assert shown.status_code == (200 if drafts else 403)
    assert browser.post(f"/mailings/lines/{agreed[FIRST]}/agreement").status_code == (303 if signs else 403)
    assert ("Agree for" in shown.text) == signs
    proposed = browser.post("/mailings/lines", data={"words": "A new line."})
    assert proposed.status_code == (303 if drafts else 403)


def test_the_page_keeps_what_cannot_be_a_line_and_takes_out_only_ones_own(
    people: Campaigners, signers: dict[str, Actor], agreed: dict[str, UUID]
) -> None:
    browser = people.world.browser(people.organiser)
    refused = browser.post("/mailings/lines", data={"words": "Dear {{ salutation }}, hello."})
    assert refused.status_code == 422
    assert "it holds no fields" in refused.text
    assert "Dear {{ salutation }}, hello." in refused.text
    assert "Agreed by Lawrs, Liberty." in browser.get("/mailings/lines").text
    theirs = people.world.browser(signers["liberty"])
    assert theirs.post(f"/mailings/lines/{agreed[FIRST]}/removal").status_code == 403
    assert browser.post(f"/mailings/lines/{agreed[FIRST]}/removal").status_code == 303
    assert FIRST not in browser.get("/mailings/lines").text
    with people.world.context("neu") as session:
        assert session.get_one(AgreedLine, agreed[FIRST]).withdrawn_at is not None
    with pytest.raises(Invalid, match="Two hours"):
        hurried(people, "liberty")
    with people.world.context("liberty", signers["liberty"]), pytest.raises(Forbidden):
        lines.withdraw_line(signers["liberty"], agreed[SECOND])


def test_greeting_and_farewell_are_no_lines() -> None:
    assert said_in(BODY) == [FIRST, SECOND]
    assert said_in("One.\r\n\r\nTwo\nlines.") == ["One.", "Two lines."]
