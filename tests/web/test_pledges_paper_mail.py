"""Who left an email address on paper gets one mail, which says how the address came here, and may confirm by it."""

import re
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from organising.config import TELLING
from organising.platform.discreet import PREVIEW
from organising.pledges import jobs
from organising.pledges.models import PaperRow
from tests.support.paper import Branch
from tests.support.pledges import PAGE, Public, count, open_a_drive

LINK = re.compile(r"http://localhost\S+")


@pytest.fixture
def drive_id(world):
    return open_a_drive(world)


@pytest.fixture
def public(client, smtp_sink, run_jobs):
    return Public(client, smtp_sink, run_jobs)


@pytest.fixture
def branch(world, drive_id):
    return Branch(world, drive_id)


def accepted(branch, *rows):
    """An accepted batch of these rows: name to email, with or without."""
    path = branch.begin(claimed=len(rows))
    for name, email, *boxes in rows:
        given = dict.fromkeys(boxes, "y")
        assert branch.key(path, name=name, postcode="E1 4NS", email=email, **given).status_code == 303
    assert branch.browsers["officer"].post(f"{path}/submission").status_code == 303
    assert branch.judged(path).status_code == 303
    return path


def again(branch, path):
    """Take the acceptance back, and accept the batch once more."""
    admin = branch.browsers["admin"]
    assert admin.post(f"{path}/acceptance/undo").status_code == 303
    drawn = dict.fromkeys(re.findall(r'name="(verdict-[0-9a-f-]{36})"', admin.get(path).text), "right")
    assert admin.post(f"{path}/acceptance", data=drawn).status_code == 303


def send_all(app, public):
    for _ in range(2):
        with app.app_context():
            jobs.sweep_confirmations()
            jobs.sweep_paper_copies()
        public.run_jobs()


def totals(app, drive_id, owner):
    count(app, drive_id)
    return [owner.tally(drive_id, kind).get(("all", "all"), 0) for kind in ("confirmed", "witnessed")]


def test_one_discreet_mail_to_each_who_left_an_address(app, branch, public, drive_id, owner):
    accepted(
        branch,
        ("Amina Story", "amina@example.org"),
        ("Bruno Fiction", ""),
        ("Chidi Tale", "chidi@example.org"),
    )
    send_all(app, public)
    assert sorted(mail["To"] for mail in public.sink.messages) == ["amina@example.org", "chidi@example.org"]
    mail = public.sink.messages[0]
    text = mail.get_content()
    start = LINK.sub("", text)[:PREVIEW]
    assert not TELLING.search(f"{mail['Subject']} {mail['From']} {start}")
    assert not re.search("Care|Education|paper|sheet", start)
    # Whose it is, how and when it came here.
    assert "on 21 November 2026" in " ".join(text.split())
    assert "paper sheet of NEU" in " ".join(text.split())
    # Whoever opens it, a scanner too, changes nothing.
    link = public.link(0)
    assert "on a paper sheet on 21 November 2026" in public.client.get(link).text
    assert totals(app, drive_id, owner) == [0, 3]
    public.confirm(link)
    public.confirm(link)
    assert "You are counted" in public.client.get(link).text
    assert totals(app, drive_id, owner) == [1, 2]
    # "This wasn't me": gone, and the rest stays as it was.
    assert public.client.post(f"{public.link(1)}/withdrawal").status_code == 303
    assert totals(app, drive_id, owner) == [1, 1]
    assert owner.rows("SELECT email_cipher FROM pledge WHERE state = 'withdrawn'") == [(None,)]
    send_all(app, public)
    assert len(public.sink.messages) == 2


def test_who_signed_on_the_web_too_counts_once(app, branch, public, drive_id, owner):
    public.sign_and_confirm(f"{PAGE}/neu", name="Amina Story", email="amina@example.org")
    accepted(branch, ("Amina Story", "Amina@example.org"), ("Bruno Fiction", "bruno@example.org"))
    send_all(app, public)
    told = {mail["To"]: mail for mail in public.sink.messages[1:]}
    assert "also signed on the web" in told["Amina@example.org"].get_content()
    assert "also signed on the web" not in told["bruno@example.org"].get_content()
    assert totals(app, drive_id, owner) == [1, 1]
    for place in (1, 2):
        public.confirm(public.link(place))
    assert totals(app, drive_id, owner) == [2, 0]


def test_an_acceptance_taken_back_sends_nothing_twice_and_its_link_holds(
    app, branch, public, drive_id, owner, world
):
    path = accepted(
        branch,
        ("Amina Story", "amina@example.org"),
        ("Chidi Tale", "chidi@example.org", "lead_may_keep"),
    )
    send_all(app, public)
    links = {mail["To"]: public.link(place) for place, mail in enumerate(public.sink.messages)}
    again(branch, path)
    send_all(app, public)
    assert len(public.sink.messages) == 2
    public.confirm(links["amina@example.org"])
    assert totals(app, drive_id, owner) == [1, 1]
    # The lead's copy ended that signing; its signer asks for the link of the new one, and has both copies in it.
    assert public.client.get(links["chidi@example.org"]).status_code == 404
    public.client.post(f"{PAGE}/mail-again?via=neu", data={"email": "chidi@example.org"})
    public.run_jobs()
    assert len(public.sink.messages) == 3
    public.confirm(public.link())
    assert totals(app, drive_id, owner) == [2, 0]
    with world.context("liberty"):
        assert owner.rows(
            "SELECT count(*) FROM pledge WHERE part <> 'collected' AND state = 'confirmed'"
        ) == [(1,)]


def test_an_address_that_was_keyed_wrongly_opens_nothing_of_the_right_one(app, branch, public, world):
    path = accepted(branch, ("Amina Story", "somebody-else@example.org"))
    send_all(app, public)
    wrong = public.link()
    admin = branch.browsers["admin"]
    assert admin.post(f"{path}/acceptance/undo").status_code == 303
    assert admin.post(f"{path}/return", data={"reason": "Look at the address."}).status_code == 303
    with world.context("neu") as session:
        row = session.scalars(select(PaperRow)).one()
        row_id, client_id = row.id, row.client_id
    given = {"client_id": str(client_id), "name": "Amina Story", "postcode": "E1 4NS", "rejection": ""}
    changed = branch.browsers["officer"].post(
        f"{path}/rows/{row_id}", data=given | {"email": "amina@example.org"}
    )
    assert changed.status_code == 303, changed.text
    assert branch.browsers["officer"].post(f"{path}/submission").status_code == 303
    assert branch.judged(path).status_code == 303
    send_all(app, public)
    assert [mail["To"] for mail in public.sink.messages] == ["somebody-else@example.org", "amina@example.org"]
    assert public.client.get(wrong).status_code == 404
    assert public.client.get(urlsplit(public.link()).path).status_code == 200
