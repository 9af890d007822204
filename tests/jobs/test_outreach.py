"""Mail to contacts reaches everyone who may be written to once, and nobody who may not, whatever happens on the way."""

import threading

import pytest

from organising.contacts.models import ConsentPurpose
from organising.contacts.services.drafts import DetailDraft
from organising.mailings import jobs
from organising.mailings.services import sending
from organising.outreach.services.drafting import Question
from tests.jobs.test_updates import expand_only
from tests.support.contacts import keep
from tests.support.outreach import Writers, links_of
from tests.support.updates import recipients


@pytest.fixture
def neu(world):
    return Writers.at(world)


def test_whoever_may_be_written_to_gets_it_once_and_the_rest_are_told_by_why(
    world, neu, smtp_sink, run_jobs, owner
):
    neu.contact("yes@example.org", tags=("May",))
    neu.contact("unasked@example.org", None, tags=("May",))
    neu.contact("no@example.org", "refused", tags=("May",))
    neu.takes_back(neu.contact("back@example.org", tags=("May",)))
    neu.contact("", tags=("May",), name="No Mail")
    neu.contact("yes@example.org", tags=("May",), name="Same Mailbox")
    neu.contact("untagged@example.org")
    invited = neu.contact("invited@example.org", None, tags=("May",))
    neu.says(invited, purpose="invitations")
    # A partner's contact is a partner's to write to.
    Writers.at(world, "liberty").contact("liberty@example.org", tags=("May",))
    tag = owner.rows("SELECT id FROM tag WHERE organisation_id = %s", world.organisations["neu"])[0][0]
    mailing_id = neu.sending(Question(ConsentPurpose.NEWS, tag_id=tag))
    for _ in range(2):
        run_jobs()
        with world.app.app_context():
            jobs.sweep()
    assert recipients(smtp_sink.messages) == ["yes@example.org"]
    assert neu.counts(mailing_id) == {"accepted": 1}
    assert neu.state(mailing_id) == "closed"
    frozen = dict(
        owner.rows("SELECT coalesce(left_out, 'going'), count(*)::int FROM mailing_recipient GROUP BY 1")
    )
    assert frozen == {"going": 1, "not_asked": 2, "said_no": 2, "no_email": 1, "same_mailbox": 1}
    message = smtp_sink.messages[0]
    assert message["From"] == "NEU campaigns <hello@organising.example>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = message.get_body(("plain",)).get_content()
    assert "Hello Amara," in text or "Hello Same," in text
    assert "You get this because you agreed that NEU emails you news." in text
    assert "Cymraeg – " in text
    kept = str(owner.rows("SELECT to_jsonb(d) FROM delivery d"))
    assert "example.org" not in kept.replace("organising.example", "")
    page = world.browser(neu.organiser).get(f"/contacts/mailings/{mailing_id}/left-out?reason=no_email").text
    assert "No Mail" in page
    assert "Same Mailbox" not in page


def test_who_changes_their_mind_between_sign_off_and_claim_gets_nothing_and_the_row_says_why(
    world, neu, smtp_sink, run_jobs, client, owner
):
    """Frozen with ten; each of eight changes something before the claim, in the database's own eyes."""
    ids = [neu.contact(f"reader{n}@example.org") for n in range(10)]
    first = neu.sending(subject="First")
    run_jobs()
    links = {recipients([one])[0]: links_of(one) for one in smtp_sink.messages}
    assert len(links) == 10
    second = neu.sending(subject="Second")
    with world.context("neu", neu.admin) as session:
        sending.pause(neu.admin, second)
        session.commit()
    neu.takes_back(ids[0])
    expand_only(world, neu, second)
    neu.takes_back(ids[1])
    assert (
        client.post(links["reader2@example.org"]["stop"], data={"List-Unsubscribe": "One-Click"}).status_code
        == 200
    )
    assert (
        client.post(links["reader3@example.org"]["preferences"], data={"yes": ["news.post"]}).status_code
        == 303
    )
    owner.rows("UPDATE contact SET archived_at = now() WHERE id = %s", ids[4])
    owner.rows("UPDATE contact_detail SET value_key = 'other' WHERE contact_id = %s", ids[5])
    owner.rows("UPDATE contact_detail SET valid_until = current_date - 1 WHERE contact_id = %s", ids[6])
    owner.rows("DELETE FROM contact WHERE id = %s", ids[7])
    owner.rows(
        "INSERT INTO suppression (organisation_id, id, address_hash, email_key, reason, suppressed_at) "
        "SELECT organisation_id, gen_random_uuid(), 'h', value_key, 'bounced', now() FROM contact_detail WHERE contact_id = %s",
        ids[8],
    )
    with world.context("neu", neu.admin) as session:
        sending.resume(neu.admin, second)
        session.commit()
    sent = len(smtp_sink.messages)
    run_jobs()
    run_jobs()
    assert recipients(smtp_sink.messages[sent:]) == ["reader9@example.org"]
    # They add up to the ten that were signed off.
    assert neu.counts(second) == {"accepted": 1, "suppressed": 9}
    assert neu.reasons(owner, second) == {
        "asked for no more": 4, "the contact was put away": 1, "their address was changed or taken away": 2,
        "their details were erased": 1, "their address came back": 1,
    }  # fmt: skip
    assert neu.state(first) == "closed"
    # Whose contact was erased is in no row of the outbox any more, and the count stays.
    assert owner.rows("SELECT count(*)::int FROM delivery WHERE contact_id IS NULL") == [(2,)]
    page = world.browser(neu.organiser).get(f"/contacts/mailings/{second}/recipients").text
    for words in ("Asked for no more: 4", "Their details were erased: 1", "Details erased"):
        assert words in page, words


def test_who_asks_for_no_more_at_one_address_after_sign_off_is_not_written_to_at_another(
    world, neu, smtp_sink, run_jobs, owner
):
    """As when they stop a drive's updates there: the decision about news stands, and the address is out of reach."""
    both = keep(
        world, "neu", neu.organiser, emails=(DetailDraft("home@example.org"), DetailDraft("work@example.org"))
    )
    neu.says(both)
    neu.contact("other@example.org")
    mailing_id = neu.sending()
    owner.rows(
        "INSERT INTO suppression (organisation_id, id, address_hash, email_key, reason, suppressed_at) "
        "SELECT organisation_id, gen_random_uuid(), 'h', value_key, 'unsubscribed', now() FROM contact_detail "
        "WHERE contact_id = %s AND place = 2",
        both,
    )
    run_jobs()
    assert recipients(smtp_sink.messages) == ["other@example.org"]
    assert neu.reasons(owner, mailing_id) == {"asked for no more": 1}


def test_who_stops_as_one_of_two_that_were_merged_gets_no_more_as_both(
    world, neu, smtp_sink, run_jobs, owner
):
    """At an address that the kept one does not even have."""
    merged = neu.contact("old@example.org")
    neu.sending(subject="First")
    run_jobs()
    stop = links_of(smtp_sink.messages[0])["stop"]
    kept = neu.contact("new@example.org")
    neu.merges(kept, merged, emails="first")
    assert world.app.test_client().post(stop, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    told = owner.rows("SELECT contact_id, decision FROM contact_consent WHERE source = 'unsubscribed'")
    assert told == [(kept, "withdrawn")]


def test_taken_back_while_it_is_under_way_the_dot_is_never_sent(world, neu, smtp_sink, run_jobs, owner):
    """Between claim and dot: the database takes a leased message out of the runner's hand."""
    ids = [neu.contact(f"reader{n}@example.org") for n in range(3)]
    mailing_id = neu.sending()
    smtp_sink.stop_at = ("RCPT", 1)

    def take_back():
        assert smtp_sink.reached.wait(20)
        neu.takes_back(ids[1])
        smtp_sink.go_on.set()

    reader = threading.Thread(target=take_back)
    reader.start()
    run_jobs()
    reader.join(20)
    assert owner.rows("SELECT state FROM delivery WHERE contact_id = %s", ids[1]) == [("suppressed",)]
    run_jobs()
    assert neu.counts(mailing_id) == {"accepted": 2, "suppressed": 1}
    assert recipients(smtp_sink.messages) == ["reader0@example.org", "reader2@example.org"]
    assert neu.reasons(owner, mailing_id) == {"asked for no more": 1}


def test_a_charitys_supporter_who_did_not_refuse_is_written_to_by_a_charity_only(
    world, neu, smtp_sink, run_jobs, owner
):
    praxis = Writers.at(world, "praxis")
    soft = praxis.contact("supporter@example.org", "soft_opt_in")
    praxis.contact("yes@example.org")
    only_yes = praxis.sending(Question(ConsentPurpose.NEWS))
    run_jobs()
    assert recipients(smtp_sink.messages) == ["yes@example.org"]
    assert praxis.counts(only_yes) == {"accepted": 1}
    before = len(smtp_sink.messages)
    praxis.sending(Question(ConsentPurpose.NEWS, basis="soft_opt_in"), subject="Both")
    run_jobs()
    assert recipients(smtp_sink.messages[before:]) == ["supporter@example.org", "yes@example.org"]
    text = smtp_sink.to("supporter@example.org")[0].get_body(("plain",)).get_content()
    assert "because you support the work of Praxis and did not ask to be left out" in text
    # No charity any more when its turn comes: only a yes counts.
    third = praxis.approve(
        praxis.ask(praxis.draft(Question(ConsentPurpose.NEWS, basis="soft_opt_in"), subject="Third"))
    )
    owner.rows("UPDATE organisation SET kind = 'ngo' WHERE id = %s", world.organisations["praxis"])
    praxis.release(third)
    before = len(smtp_sink.messages)
    run_jobs()
    assert recipients(smtp_sink.messages[before:]) == ["yes@example.org"]
    assert praxis.reasons(owner, third) == {"only a yes counts now": 1}
    assert praxis.world.browser(praxis.organiser).get(f"/contacts/{soft}").status_code == 200


def test_who_got_one_lately_is_left_out_where_that_is_asked(world, neu, smtp_sink, run_jobs, owner):
    neu.contact("first@example.org")
    neu.sending(subject="First")
    run_jobs()
    neu.contact("second@example.org")
    quiet = Question(ConsentPurpose.NEWS, quiet_days=7)
    mailing_id = neu.sending(quiet, subject="Second")
    run_jobs()
    assert recipients(smtp_sink.messages) == ["first@example.org", "second@example.org"]
    assert neu.counts(mailing_id) == {"accepted": 1}
    # Asked for at once, the later of two finds at the claim that the earlier has left.
    owner.rows("UPDATE delivery SET changed_at = now() - interval '8 days'")
    third = neu.approve(neu.ask(neu.draft(quiet, subject="Third")))
    neu.sending(subject="Fourth")
    run_jobs()
    neu.release(third)
    run_jobs()
    assert neu.reasons(owner, third) == {"got an email lately": 2}
