"""Writing to those who can sign off, and their answer from the message alone."""

import re
from collections import Counter
from collections.abc import Callable

from flask import Flask

from organising.mailings import asking_jobs
from tests.support.mail import GatedSink, Sink
from tests.support.partners import Partners, page


def test_a_request_refused_at_the_dot_is_mailed_by_the_sweep(
    partners: Partners, app: Flask, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    partners.asked("medact")
    smtp_sink.at_the_dot.extend(["451 later"] * 2)
    run_jobs()
    before = len(smtp_sink.messages)
    with app.app_context():
        asking_jobs.ask_for_sign_offs()
    run_jobs()
    asked = Counter(str(one["To"]) for one in smtp_sink.messages)
    assert len(smtp_sink.messages) == before + 2, asked
    assert set(asked.values()) == {1}


def test_one_colleague_refused_at_the_dot_is_written_to_by_the_sweep_and_the_others_not_again(
    partners: Partners, app: Flask, smtp_sink: GatedSink, run_jobs: Callable[[], None]
) -> None:
    world = partners.people.world
    colleagues = {world.email(partners.admins["medact"]), world.email(world.user("medact", "admin"))}
    partners.asked("medact")
    smtp_sink.at_the_dot.append("451 later")
    run_jobs()
    assert len(smtp_sink.messages) == 2
    for _ in range(2):
        with app.app_context():
            asking_jobs.ask_for_sign_offs()
        run_jobs()
    asked = Counter(str(one["To"]) for one in smtp_sink.messages)
    assert asked == dict.fromkeys({*colleagues, world.email(partners.people.admin)}, 1)


def test_an_address_refused_for_good_is_not_asked_at_each_sweep(
    partners: Partners, app: Flask, smtp_sink: GatedSink, run_jobs: Callable[[], None]
) -> None:
    smtp_sink.refuse[partners.people.world.email(partners.admins["medact"])] = "550 no such box"
    partners.asked("medact")
    run_jobs()
    before = smtp_sink.seen["RCPT"]
    assert before == 2
    with app.app_context():
        asking_jobs.ask_for_sign_offs()
    run_jobs()
    assert smtp_sink.seen["RCPT"] == before
    assert len(smtp_sink.messages) == 1


def answer_link(sink: Sink, email: str) -> str:
    """The path of the link in the one message that this person got."""
    mine = [one for one in sink.messages if one["To"] == email]
    assert len(mine) == 1
    part = mine[0].get_body(("plain",))
    assert part is not None
    found = re.search(r"http://localhost(/mailings/answer/\S+)", part.get_content())
    assert found is not None
    return found.group(1)


def test_the_message_is_enough_to_answer(
    partners: Partners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    people, world = partners.people, partners.people.world
    smtp_sink.messages.clear()
    mailing = partners.asked("liberty", "lawrs")
    run_jobs()
    run_jobs()
    asked = {one["To"] for one in smtp_sink.messages}
    assert asked == {
        world.email(a) for a in (people.admin, partners.admins["liberty"], partners.admins["lawrs"])
    }
    path = answer_link(smtp_sink, world.email(partners.admins["lawrs"]))
    visitor = world.app.test_client()
    shown = visitor.get(path)
    assert "A question about Seat 0001" in shown.text
    assert "Put our name under it</span>" in shown.text
    assert "Not answered yet: Liberty, Lawrs. Those names stand there only after a yes." in shown.text
    for reader in (people.organiser, partners.admins["lawrs"]):
        assert "at the organisations it asked can see this" in page(world.browser(reader), mailing)
    assert "Sign off</button>" not in shown.text
    # A scanner that follows the link has answered nothing.
    assert "No answer yet" in page(world.browser(people.organiser), mailing)
    said = visitor.post(path, data={"decision": "endorse", "content_hash": "x", "comment": "Gladly."})
    assert said.status_code == 200
    assert "Your organisation’s name stands under it." in said.text
    # The mailing's own job has not noted it yet; the page tells what is on record all the same.
    for answered in (said.text, visitor.get(path).text):
        assert "Not answered yet: Liberty. That name stands there only after a yes." in answered
        assert answered.count("No answer yet") == 1
        assert "Put our name under it</span>" not in answered
        assert "Take our name back" in answered
    colleague = page(world.browser(partners.admins["lawrs"]), mailing)
    assert "Lawrs Named" in colleague
    assert "Not answered yet: Liberty." in colleague
    author = page(world.browser(people.organiser), mailing)
    run_jobs()
    author = page(world.browser(people.organiser), mailing)
    assert "Gladly." in author
    assert "Lawrs Named" in author


def test_whoever_is_asked_for_both_is_told_so_and_answers_both(
    partners: Partners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    people, world = partners.people, partners.people.world
    coordinator = world.user("liberty", "coordinator")
    smtp_sink.messages.clear()
    mailing = people.draft()
    partners.name(mailing, "liberty", "lawrs")
    world.browser(people.organiser).post(f"/mailings/{mailing}/review", data={"reviewer": "lead"})
    run_jobs()
    # An administrator of the lead answers for its name only.
    subjects = {one["To"]: one["Subject"] for one in smtp_sink.messages}
    assert subjects[world.email(coordinator)].startswith("To sign off, and Liberty’s name under it")
    assert subjects[world.email(partners.admins["liberty"])].startswith("Liberty’s name under")
    path, visitor = answer_link(smtp_sink, world.email(coordinator)), world.app.test_client()
    named = visitor.post(path, data={"decision": "endorse", "content_hash": "x"})
    assert "The text waits for your sign-off, too." in named.text
    signed = visitor.post(path, data={"decision": "approve", "content_hash": "x"})
    assert "You signed it off." in signed.text
    for answered in (signed.text, visitor.get(path).text):
        assert "waits for your sign-off" not in answered
        assert "Sign off the text" not in answered
        assert "Withdraw the sign-off" in answered


def test_a_link_ends_with_the_content_and_with_the_role(
    partners: Partners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    people, world = partners.people, partners.people.world
    smtp_sink.messages.clear()
    mailing = partners.asked("lawrs")
    run_jobs()
    path = answer_link(smtp_sink, world.email(partners.admins["lawrs"]))
    visitor = world.app.test_client()
    assert visitor.get(path[:-3] + "xyz").status_code == 404
    partners.name(mailing, "lawrs", "liberty")
    assert "This question is over" in visitor.get(path).text
    people.ask(mailing)
    late = visitor.post(path, data={"decision": "endorse", "content_hash": "x"})
    assert late.status_code == 409
    assert "has changed since" in late.text
    run_jobs()
    assert "Lawrs No answer yet" in page(world.browser(people.organiser), mailing)
