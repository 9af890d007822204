"""The pledge on partners' own sites: framed where they say so and nowhere else, credited to the link it came by."""

import json
import re

import pytest

from organising.pledges.origins import parse_origin, parse_source
from tests.support.pledges import PAGE, Public, count, open_a_drive

EMBED = f"{PAGE}/neu/embed"


@pytest.fixture
def drive_id(world):
    return open_a_drive(world)


@pytest.fixture
def public(client, smtp_sink, run_jobs):
    return Public(client, smtp_sink, run_jobs)


def ancestors(response):
    return re.search(r"frame-ancestors ([^;]+)", response.headers["Content-Security-Policy"])[1]


def test_a_partner_says_where_its_form_may_stand(app, client, world, drive_id):
    admin = world.sign_in(app.test_client(), world.user("neu", "admin"))
    assert ancestors(client.get(EMBED)) == "'none'"
    refused = admin.post(f"/pledges/drives/{drive_id}/origins", data={"origin": "http://neu.example/join"})
    assert refused.status_code == 422
    assert "http://neu.example/join" in refused.text
    assert "served over https" in refused.text
    for site in ("https://NEU.example/join?x=1", "neu.example", "blog.neu.example:8443"):
        assert admin.post(f"/pledges/drives/{drive_id}/origins", data={"origin": site}).status_code == 303
    framed = client.get(EMBED)
    assert ancestors(framed) == "https://blog.neu.example:8443 https://neu.example"
    assert 'content="https://blog.neu.example:8443 https://neu.example"' in framed.text
    # Nowhere else: another partner's frame, the page itself, the page of what one signed.
    assert ancestors(client.get(f"{PAGE}/praxis/embed")) == "'none'"
    assert ancestors(client.get(PAGE)) == "'none'"
    page = admin.get("/pledges/embed").text
    (origin_id,) = re.findall(r"/origins/([0-9a-f-]+)/removal", page.rpartition("https://neu.example<")[2])[
        :1
    ]
    officer = world.sign_in(app.test_client(), world.user("neu", "organiser"))
    assert officer.post(f"/pledges/drives/{drive_id}/origins/{origin_id}/removal").status_code == 403
    assert (
        officer.post(f"/pledges/drives/{drive_id}/origins", data={"origin": "a.example"}).status_code == 403
    )
    other = world.sign_in(app.test_client(), world.user("praxis", "admin"))
    assert other.post(f"/pledges/drives/{drive_id}/origins/{origin_id}/removal").status_code == 403
    assert admin.post(f"/pledges/drives/{drive_id}/origins/{origin_id}/removal").status_code == 303
    assert ancestors(client.get(EMBED)) == "https://blog.neu.example:8443"


def test_who_signs_in_the_frame_is_the_partners_signer_by_its_link(app, public, world, drive_id, owner):
    unit, foreign = world.unit("neu", "Camden"), world.unit("praxis", "Hackney")
    client = app.test_client(use_cookies=False)
    public.client = client
    first = public.fill(f"{EMBED}?source=may-newsletter&unit={unit.hex}", name="")
    assert first.status_code == 422
    assert (
        f"source=may-newsletter&amp;unit={unit.hex}" in first.text
        or f"unit={unit.hex}&amp;source=may-newsletter" in first.text
    )
    answers = [public.fill(f"{EMBED}?source=may-newsletter&unit={unit.hex}") for _ in range(2)]
    assert answers[0].status_code == 303
    assert answers[0].data == answers[1].data
    assert answers[0].headers["Location"] == answers[1].headers["Location"] == f"{EMBED}/thanks"
    assert client.get(f"{EMBED}/thanks").status_code == 200
    # Another organisation's unit, and a source that no link of ours names, are left out and stop nobody.
    assert public.fill(f"{EMBED}?source=%3Cb%3E&unit={foreign.hex}", email="b@example.org").status_code == 303
    assert public.fill(f"{PAGE}/neu?source=leaflet&unit=nonsense", email="c@example.org").status_code == 303
    rows = owner.rows("SELECT channel, source, unit_id FROM pledge ORDER BY created_at")
    credited = ("embed", "may-newsletter", unit)
    assert rows == [credited, credited, ("embed", None, None), ("web", "leaflet", None)]


def test_own_totals_by_source_are_exact_and_nobody_elses(app, public, world, drive_id):
    for letter in "ab":
        public.sign_and_confirm(f"{EMBED}?source=june-letter", email=f"{letter}@example.org")
    public.sign_and_confirm(f"{PAGE}/praxis?source=stall-card", email="c@example.org")
    mine = world.sign_in(app.test_client(), world.user("neu", "organiser")).get("/pledges/embed").text
    assert "june-letter" in mine
    assert "stall-card" not in mine
    analyst = world.sign_in(app.test_client(), world.user("neu", "analyst")).get("/pledges/embed").text
    assert "june-letter" not in analyst
    organiser = world.sign_in(app.test_client(), world.user("neu", "organiser"))
    made = organiser.get("/pledges/embed?source=June+Letter").text
    assert "/pledge/care-dont-share/neu?source=june-letter" in made
    assert "Use up to 40 letters" in organiser.get("/pledges/embed?source=%C3%BC%C3%BC").text


def test_the_counter_says_what_is_published_and_is_cached(app, client, public, world, drive_id, owner):
    small = client.get(f"{PAGE}/counter.json")
    assert json.loads(small.data)["signatures"] is None
    assert json.loads(small.data)["fewer_than"] == 10
    assert "Fewer than 10 have signed" in client.get(f"{PAGE}/counter.svg").text
    for number in range(12):
        public.fill(f"{PAGE}/neu", email=f"n{number}@example.org")
    owner.rows("UPDATE pledge SET state = 'confirmed', confirmed_at = now()")
    count(app, drive_id)
    told = client.get(f"{PAGE}/counter.json", headers={"Origin": "https://anywhere.example"})
    assert json.loads(told.data)["signatures"] == 10
    assert told.headers["Cache-Control"] == "public, max-age=60"
    assert told.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in told.headers
    again = client.get(f"{PAGE}/counter.json", headers={"If-None-Match": told.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    picture = client.get(f"{PAGE}/counter.svg?theme=dark&lang=cy")
    assert picture.content_type == "image/svg+xml; charset=utf-8"
    assert "<script" not in picture.text
    assert ">10<" in picture.text
    assert client.get("/pledge/no-such-pledge/counter.json").status_code == 404


def test_origins_and_sources_are_checked_as_written():
    assert parse_origin(" HTTPS://Müller.example:443/a ") == "https://xn--mller-kva.example"
    assert parse_origin("http://localhost:3000") == "http://localhost:3000"
    for bad in (
        "",
        "https://",
        "ftp://a.example",
        "https://a.example:x",
        "https://u:p@a.example",
        "https://a b.example",
        "*",
        "https://*.example",
    ):
        with pytest.raises(ValueError, match=r"address of a site|over https"):
            parse_origin(bad)
    assert parse_source("May Newsletter_2") == "may-newsletter-2"
    for bad in ("", "a" * 41, "-a", "a;b", "é"):
        with pytest.raises(ValueError, match="40 letters"):
            parse_source(bad)
