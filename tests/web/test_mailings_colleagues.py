"""Two of one organisation answer: the second has read what the first said, or is told."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask.testing import FlaskClient
from sqlalchemy import select

from organising.mailings.models import SignOff
from tests.support.mail import Sink
from tests.support.partners import Partners, page
from tests.support.world import World

from .test_mailings_asking import answer_link


def form_of(browser: FlaskClient, path: str) -> dict[str, str]:
    """The hidden values of the page's form for an answer, as they stand when it is opened."""
    shown = browser.get(path).text
    return dict(re.findall(r'name="(content_hash|told_text|told_name)" value="([^"]*)"', shown))


def decisions(world: World, slug: str = "lawrs") -> list[str]:
    with world.context(slug) as session:
        return list(session.scalars(select(SignOff.decision).order_by(SignOff.created_at)))


def test_a_stale_page_overrules_no_colleague(
    world: World, partners: Partners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    colleague = world.user("lawrs", "admin")
    smtp_sink.messages.clear()
    mailing = partners.asked("lawrs")
    run_jobs()
    link = answer_link(smtp_sink, world.email(partners.admins["lawrs"]))
    by_mail, signed_in = world.app.test_client(), world.browser(colleague)
    path = f"/mailings/{mailing}"
    # Both have the page open. The first leaves the name out, from the message; the second would put it there.
    stale, stale_by_mail = form_of(signed_in, path), form_of(by_mail, link)
    first = by_mail.post(link, data={"decision": "drop_out", "comment": "Not us.", **stale_by_mail})
    assert first.status_code == 200
    data = {"decision": "endorse", "comment": "Gladly & soon.", **stale}
    late = signed_in.post(f"{path}/name", data=data)
    assert late.status_code == 409
    who = partners.admins["lawrs"].display_name
    assert f"While you were reading, {who}, Lawrs left your organisation’s name out, on " in late.text
    assert "Gladly &amp; soon.</textarea>" in late.text
    assert decisions(world) == ["drop_out"]
    # Sent twice by a tired thumb, it is one answer and no question.
    again = by_mail.post(link, data={"decision": "drop_out", "comment": "Not us.", **stale_by_mail})
    assert again.status_code == 200
    assert decisions(world) == ["drop_out"]
    # Whoever has read it answers otherwise, and then it is the message's page that is stale.
    data |= form_of(signed_in, path)
    assert signed_in.post(f"{path}/name", data=data).status_code == 303
    over = by_mail.post(link, data={"decision": "drop_out", "comment": "Still not.", **stale_by_mail})
    assert over.status_code == 409
    assert f"{colleague.display_name}, Lawrs put your organisation’s name under it" in over.text
    assert "Still not.</textarea>" in over.text
    assert decisions(world) == ["drop_out", "endorse"]
    assert "Lawrs Named" in page(signed_in, mailing)


def test_a_colleague_who_asked_for_changes_is_named_though_the_mailing_is_lent_no_more(
    world: World, partners: Partners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    people = partners.people
    first, second = (world.user("liberty", "coordinator") for _ in range(2))
    mailing = people.draft()
    world.browser(people.organiser).post(f"/mailings/{mailing}/review", data={"reviewer": "lead"})
    path = f"/mailings/{mailing}"
    stale = form_of(world.browser(second), path)
    assert stale["content_hash"]
    declined = world.browser(first).post(
        f"{path}/sign-off",
        data={"decision": "decline", "comment": "Shorter.", **form_of(world.browser(first), path)},
    )
    assert declined.status_code == 303
    run_jobs()
    assert world.browser(second).get(path).status_code == 404
    late = world.browser(second).post(
        f"{path}/sign-off",
        data={"decision": "approve", "comment": "Good.", **stale},
        follow_redirects=True,
    )
    assert f"{first.display_name}, Liberty asked for changes, on " in late.text
    assert "Your comment was not sent: “Good.”" in late.text
    stranger = world.browser(partners.admins["medact"])
    assert stranger.post(f"{path}/sign-off", data={"decision": "approve", **stale}).status_code == 404


def test_of_two_at_the_same_instant_one_is_told(
    world: World, partners: Partners, smtp_sink: Sink, run_jobs: Callable[[], None]
) -> None:
    mailing = partners.asked("lawrs")
    browsers = [world.browser(one) for one in (partners.admins["lawrs"], world.user("lawrs", "admin"))]
    path = f"/mailings/{mailing}"
    forms = [
        {"decision": decision, **form_of(browser, path)}
        for browser, decision in zip(browsers, ("endorse", "drop_out"), strict=True)
    ]
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda one: one[0].post(f"{path}/name", data=one[1]).status_code,
                zip(browsers, forms, strict=True),
            )
        )
    assert sorted(answers) == [303, 409]
    assert len(decisions(world)) == 1
