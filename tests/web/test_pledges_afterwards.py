"""What a signer can do afterwards: say more, be named, correct, move to another address, have the mail again."""

import re
from datetime import timedelta

import pytest
from itsdangerous import URLSafeSerializer

from organising.config import TELLING
from organising.platform.discreet import PREVIEW
from organising.pledges import jobs
from organising.pledges.links import address_token, signing_token
from tests.support.pledges import PAGE, Public, count, open_a_drive

NAMES = f"{PAGE}/names"
LINK = re.compile(r'https?://[^\s"<>]+')


@pytest.fixture
def drive_id(world):
    return open_a_drive(world)


@pytest.fixture
def public(client, smtp_sink, run_jobs):
    return Public(client, smtp_sink, run_jobs)


def states(owner):
    return sorted(state for (state,) in owner.rows("SELECT state FROM pledge"))


def words(mail):
    return " ".join(mail.get_content().split())


def again(public, email, path=PAGE, **headers):
    answer = public.client.post(f"{path}/mail-again", data={"email": email}, headers=headers)
    public.run_jobs()
    return answer


def test_the_mail_is_discreet_and_following_every_link_in_it_changes_nothing(public, drive_id, owner):
    public.sign()
    public.sign_and_confirm(email="known@example.org")
    public.sign(email="known@example.org")
    before = owner.rows("SELECT * FROM pledge ORDER BY id")
    seen = set()
    for mail in public.sink.messages:
        assert mail.get_content_type() == "text/plain"
        assert mail["From"] == "hello@organising.example"
        assert not TELLING.search(f"{mail['Subject']} {mail['From']}")
        start = LINK.sub("", mail.get_content())[:PREVIEW]
        assert not TELLING.search(start), start
        assert "Care" not in start
        assert "Liberty" not in start
        # As a scanner does: everything in the mail, and everything on the pages behind it.
        pages = {
            link.removeprefix("http://localhost")
            for link in LINK.findall(f"{mail.get_content()} {mail.items()}")
        }
        assert any(page.startswith("/signature/") for page in pages)
        for page in pages:
            text = public.client.get(page).text
            seen |= {page} | {
                a for a in re.findall(r'(?:href|action|src)="(/[^"]+)"', text) if "static" not in a
            }
    for page in seen:
        public.client.get(page)
        public.client.head(page)
    assert len(seen) > 12
    assert owner.rows("SELECT * FROM pledge ORDER BY id") == before


def test_the_mail_comes_again_only_to_who_has_signed_and_the_page_does_not_tell(public, drive_id, owner, app):
    waiting = public.sign()
    confirmed = public.sign_and_confirm(email="known@example.org")
    answers = [
        again(public, email) for email in ("esi@example.org", "known@example.org", "nobody@example.org")
    ]
    assert len({(a.status_code, a.data, str(a.headers)) for a in answers}) == 1
    pages = [public.client.get(a.location) for a in answers]
    assert len({(page.data, str(page.headers)) for page in pages}) == 1
    assert [public.link(place) for place in range(len(public.sink.messages))] == [
        waiting, confirmed, waiting, confirmed,
    ]  # fmt: skip
    assert "you are counted" in words(public.sink.messages[-1])
    wrong = again(public, "nobody at all")
    assert (wrong.status_code, 'value="nobody at all"' in wrong.text) == (422, True)
    # Three an hour to one address, whoever asks; through another partner's link nobody of theirs is found.
    for _ in range(5):
        again(public, "esi@example.org")
    again(public, "esi@example.org", f"{PAGE}")
    public.client.post(f"{PAGE}/mail-again?via=neu", data={"email": "known@example.org"})
    public.run_jobs()
    assert len(public.sink.messages) == 2 + 2 + 2
    # A lost doorbell loses nothing; a request is answered once; nothing of it is kept longer than a day.
    public.client.post(f"{PAGE}/mail-again", data={"email": "known@example.org"})
    from organising.platform.queue import get_redis

    with app.app_context():
        get_redis().flushdb()
    owner.rows(
        "UPDATE pledge_mail_request SET created_at = now() - interval '1 minute' WHERE sent_at IS NULL"
    )
    for _ in range(2):
        with app.app_context():
            jobs.sweep_requests()
        public.run_jobs()
    assert len(public.sink.messages) == 7
    owner.rows("UPDATE pledge_mail_request SET created_at = now() - interval '25 hours'")
    with app.app_context():
        jobs.sweep_retention()
    assert owner.rows("SELECT count(*) FROM pledge_mail_request") == [(0,)]


def test_a_link_confirms_for_fourteen_days_and_then_says_so(public, drive_id, owner, app):
    link = public.sign(f"{PAGE}/neu")
    owner.rows("UPDATE pledge SET created_at = now() - interval '14 days 1 minute'")
    before = public.client.get(link)
    assert "This link has expired" in before.text
    assert f'href="{PAGE}/neu"' in before.text
    public.confirm(link)
    assert states(owner) == ["pending"]
    with app.app_context():
        jobs.sweep_retention()
    assert states(owner) == ["erased"]
    assert public.client.get(link).data == before.data
    refused = public.sign(f"{PAGE}/neu")
    public.client.post(f"{refused}/refusal")
    assert "It is gone" in public.client.get(refused).text


def test_more_is_said_in_parts_and_seen_by_the_holders_alone(public, drive_id, owner, world, app):
    link = public.sign_and_confirm(f"{PAGE}/neu", lead_updates="y")
    said = {"sector": "health", "job": "  Night  nurse ", "workplace": "", "public_name": ""}
    assert public.client.post(f"{link}/more", data=said).status_code == 303
    wrong = public.client.post(f"{link}/more", data=said | {"job": "x" * 121, "workplace": "St Invented’s"})
    assert wrong.status_code == 422
    assert "St Invented’s" in wrong.text
    public.client.post(f"{link}/more", data=said | {"workplace": "St Invented’s"})
    page = public.client.get(link).text
    assert 'value="Night nurse"' in page
    assert "St Invented’s" in page
    assert owner.rows("SELECT count(*) FROM pledge WHERE job_cipher::text LIKE '%%nurse%%'") == [(0,)]
    for slug, sees in (("neu", True), ("liberty", True), ("praxis", False)):
        browser = world.browser(world.user(slug, "organiser"))
        found = re.search(r"/pledges/signers/[0-9a-f-]{36}", browser.get("/pledges/signers").text)
        assert bool(found) is sees
        if found:
            signer = browser.get(found[0]).text
            assert "Night nurse" in signer
            assert "Explicit consent (UK GDPR, Article 9(2)(a))" in signer
    public.client.post(f"{link}/more", data={})
    assert "Night nurse" not in public.client.get(link).text
    assert owner.rows("SELECT DISTINCT condition FROM pledge_consent") == [("explicit_consent",)]


def test_a_name_is_public_by_its_own_tick_alone_and_goes_at_once(public, drive_id, owner, world, app):
    links = {}
    for place, via in enumerate(["neu", "praxis", "liberty", "neu"]):
        person = {"name": f"Bex Figment {place}", "email": f"bex{place}@example.org"}
        links[place] = public.sign_and_confirm(f"{PAGE}/{via}", lead_updates="y", **person)
    assert "want to be named" not in public.client.get(PAGE).text
    for place in (0, 1, 2):
        public.client.post(f"{links[place]}/more", data={"public_name": "y"})
    # The same person through two partners is named once.
    twice = public.sign_and_confirm(f"{PAGE}/praxis", name="Bex Figment 0", email="bex0@example.org")
    public.client.post(f"{twice}/more", data={"public_name": "y"})

    def shown():
        page = public.client.get(NAMES)
        assert page.headers["Cache-Control"] == "no-store"
        return re.findall(r"<li>(Bex Figment \d)</li>", page.text)

    assert sorted(shown()) == ["Bex Figment 0", "Bex Figment 1", "Bex Figment 2"]
    assert len({tuple(shown()) for _ in range(20)}) > 1
    page = public.client.get(NAMES).text
    assert not any(told in page for told in ("example.org", "E1 4NS", "Praxis", "2026"))
    assert f'href="{NAMES}"' in public.client.get(PAGE).text
    assert owner.rows(
        "SELECT count(*) FROM pledge_consent WHERE purpose = 'public_name' AND withdrawn_at IS NULL"
    ) == [(4,)]
    public.client.post(f"{links[1]}/more", data={})
    public.client.post(f"{links[2]}/withdrawal")
    public.client.post(f"{twice}/withdrawal")
    assert shown() == ["Bex Figment 0"]
    # Details go after a month where no box was ticked for mail; the name stays for the list, alone, until it is taken down.
    owner.rows("UPDATE pledge SET confirmed_at = now() - interval '31 days' WHERE state = 'confirmed'")
    owner.rows("UPDATE pledge_consent SET withdrawn_at = now() WHERE purpose = 'updates'")
    with app.app_context():
        jobs.sweep_retention()
    kept = "SELECT name, email_cipher, postcode, name_key IS NOT NULL FROM pledge WHERE state = 'confirmed' AND public_name"
    assert owner.rows(kept) == [("Bex Figment 0", None, None, True)]
    assert shown() == ["Bex Figment 0"]
    assert f"{links[0]}/correction" not in public.client.get(links[0]).text
    public.client.post(f"{links[0]}/more", data={"sector": "police", "job": "too late"})
    assert shown() == []
    assert owner.rows("SELECT count(*) FROM pledge WHERE name IS NOT NULL OR job_cipher IS NOT NULL") == [
        (0,)
    ]
    count(app, drive_id)
    assert owner.tally(drive_id)["sector", "police"] == 1


def test_a_correction_moves_the_ballot_and_counts_nobody_twice(public, drive_id, owner, world, app):
    link = public.sign_and_confirm(f"{PAGE}/neu", lead_updates="y", name="Esi Storybron")
    public.sign_and_confirm(f"{PAGE}/praxis")
    count(app, drive_id)
    assert owner.tally(drive_id)["all", "all"] == 2, "another name at the same postcode: a household"
    page = public.client.get(f"{link}/correction").text
    assert 'value="Esi Storybron"' in page
    wrong = public.client.post(f"{link}/correction", data={"name": "Esi Storyborn", "postcode": "E1"})
    assert (wrong.status_code, 'value="Esi Storyborn"' in wrong.text) == (422, True)
    right = {"name": "Esi Storyborn", "postcode": "e1  4ns", "email": ""}
    assert public.client.post(f"{link}/correction", data=right).status_code == 303
    count(app, drive_id)
    tally = owner.tally(drive_id)
    assert tally["all", "all"] == 1
    assert tally["organisation", str(world.organisations["neu"])] == 1
    for slug in ("neu", "liberty"):
        assert (
            "Esi Storyborn"
            in world.browser(world.user(slug, "organiser")).get("/pledges/signers?q=storyborn").text
        )
    public.client.post(f"{link}/withdrawal")
    count(app, drive_id)
    assert owner.tally(drive_id)["organisation", str(world.organisations["praxis"])] == 1


def test_another_address_holds_once_it_has_said_yes_itself(public, drive_id, owner, world, app):
    link = public.sign_and_confirm(f"{PAGE}/neu", lead_updates="y", updates="y")
    public.sign_and_confirm(f"{PAGE}/praxis", email="new@example.org")
    count(app, drive_id)
    assert owner.tally(drive_id)["all", "all"] == 2
    given = {"name": "Esi Storyborn", "postcode": "E1 4NS", "email": "new@example.org"}
    assert public.client.post(f"{link}/correction", data=given).status_code == 303
    public.run_jobs()
    mail = public.sink.messages[-1]
    assert (mail["To"], mail["Subject"]) == ("new@example.org", "Please confirm your email address")
    taking = re.search(r"http://localhost(/new-address/\S+)", mail.get_content())[1]
    too_soon = public.client.post(f"{link}/correction", data=given | {"email": "third@example.org"})
    assert (too_soon.status_code, "third@example.org" in too_soon.text) == (422, True)
    assert "Use this address from now on?" in public.client.get(taking).text
    public.client.get(f"{taking}/confirmation")
    assert public.client.get(link).status_code == 200
    now_at = public.client.post(f"{taking}/confirmation").location
    assert "You are counted" in public.client.get(now_at).text
    gone = public.client.get(link)
    assert (gone.status_code, gone.data) == (404, public.client.get("/signature/never-was").data)
    assert public.client.post(f"{link}/withdrawal").status_code == 404
    assert "This link has done its work" in public.client.get(taking).text
    public.client.post(f"{taking}/confirmation")
    count(app, drive_id)
    assert owner.tally(drive_id)["all", "all"] == 1, "the new address had signed already"
    for slug in ("neu", "liberty"):
        browser = world.browser(world.user(slug, "organiser"))
        assert "Storyborn" in browser.get("/pledges/signers?q=new@example.org").text
        assert "Storyborn" not in browser.get("/pledges/signers?q=esi@example.org").text
    # An address that says no, or nothing, is forgotten.
    public.client.post(f"{now_at}/correction", data=given | {"email": "third@example.org"})
    public.run_jobs()
    refusing = re.search(r"http://localhost(/new-address/\S+)", public.sink.messages[-1].get_content())[1]
    public.client.post(f"{refusing}/refusal")
    assert owner.rows("SELECT count(*) FROM pledge_address_change") == [(0,)]
    public.client.post(f"{now_at}/correction", data=given | {"email": "third@example.org"})
    owner.rows("UPDATE pledge_address_change SET created_at = now() - interval '15 days'")
    public.client.post(f"{now_at}/withdrawal")
    assert owner.rows("SELECT count(*) FROM pledge_address_change") == [(0,)]


def test_a_token_is_good_for_its_purpose_only_and_those_of_old_mails_stay_good(public, drive_id, owner, app):
    public.sign_and_confirm()
    ((signing_id,),) = owner.rows("SELECT signing_id FROM pledge")
    with app.app_context():
        plain = URLSafeSerializer(app.config["SECRET_KEY"], salt="pledges.signing").dumps(signing_id.hex)
        assert plain == signing_token(signing_id)
        other = address_token(signing_id, signing_id)
        newer = signing_token(signing_id, 1)
    assert public.client.get(f"/signature/{plain}").status_code == 200
    missing = public.client.get("/signature/never-was").data
    for wrong in (f"/signature/{other}", f"/signature/{newer}", f"/new-address/{plain}"):
        answer = public.client.get(wrong)
        assert (answer.status_code, answer.data) == (404, missing)


def test_signing_needs_no_cookie_and_no_fresh_page_and_another_site_cannot_send_it(
    public, drive_id, owner, app
):
    app.config["WTF_CSRF_ENABLED"] = True
    fresh = app.test_client(use_cookies=False)
    page = fresh.get(PAGE)
    assert "Set-Cookie" not in page.headers
    public.client = fresh
    forged = public.fill(name="Zofia Notreal")
    assert forged.status_code == 303
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://other.example"}):
        public.client.environ_base |= {f"HTTP_{k.upper().replace('-', '_')}": v for k, v in headers.items()}
        kept = public.fill(name="Zofia Notreal", email="zofia@example.org", updates="y")
        assert kept.status_code == 422
        assert 'value="zofia@example.org"' in kept.text
        assert re.search(r'<input[^>]*checked[^>]*name="updates"', kept.text)
        public.client.environ_base = {k: v for k, v in public.client.environ_base.items() if "HTTP_" not in k}
    stale = public.fill(
        seconds=timedelta(days=2).total_seconds(), name="Zofia Notreal", email="zofia@example.org"
    )
    assert (stale.status_code, 'value="zofia@example.org"' in stale.text) == (422, True)
    shown = re.search(r'name="shown"[^>]*value="([^"]+)"', stale.text)
    assert shown
    public.run_jobs()
    link = public.link()
    assert fresh.post(f"{link}/confirmation").status_code == 303
    assert states(owner) == ["confirmed"]
    # Staff's forms keep their token.
    assert fresh.post("/sign-in", data={"email": "a@example.org"}).status_code == 400


def test_thanks_lead_on_by_links_a_code_and_the_next_step(public, drive_id, world):
    page = public.client.get(public.sign_and_confirm(f"{PAGE}/neu")).text
    for link in (
        "https://wa.me/?text=",
        "mailto:?subject=",
        'data-share-url="http://localhost' + PAGE + '/neu"',
    ):
        assert link in page
    assert "Write to your MP" not in page, "no letter's page is open"
    code = public.client.get(f"{PAGE}/qr.svg?via=neu")
    assert (code.content_type, code.text.startswith("<svg")) == ("image/svg+xml", True)
    assert code.text != public.client.get(f"{PAGE}/qr.svg?via=praxis").text
    assert public.client.get(f"{PAGE}/qr.svg?via=never-was").status_code == 404
    analyst = world.browser(world.user("neu", "analyst"))
    assert f'src="{PAGE}/qr.svg?via=neu"' in analyst.get("/pledges/links").text
    assert analyst.get(f"/pledges/drives/{drive_id}/poster.pdf").data.startswith(b"%PDF")
