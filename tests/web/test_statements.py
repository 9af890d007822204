"""A statement's way through the pages: drafted, discussed, locked, signed, released, and corrected in the open."""

import re

import pytest

from tests.support.statements import BODY, CANARY, Desk


@pytest.fixture
def desk(world):
    return Desk.at(world)


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_a_letter_goes_all_the_way(world, client, desk):
    coordinator, neu = world.browser(desk.coordinator), world.browser(desk.neu)
    begun = coordinator.post(
        "/statements/new",
        data={"kind": "sign_on_letter", "title": "Autumn", "headline": "No borders in schools", "body": BODY},
    )
    assert begun.status_code == 303
    page = begun.location.removesuffix("/plan")
    saved = coordinator.post(
        f"{page}/plan",
        data={
            "title": "Autumn",
            "consulted": [str(world.organisation("praxis"))],
            "signing": [str(world.organisation("neu")), str(world.organisation("liberty"))],
            "order": "alphabetical",
        },
    )
    assert saved.status_code == 303, words(saved)
    assert neu.get(page).status_code == 404, "a draft is its own organisation's"
    assert coordinator.post(f"{page}/consultation").status_code == 303
    assert CANARY in neu.get(page).text
    assert coordinator.post(f"{page}/lock", data={"number": 1}).status_code == 303
    assert coordinator.post(f"{page}/sign-off").status_code == 303
    assert "Waiting for your signature" in words(neu.get("/statements"))
    form = neu.get(f"{page}/signature").text
    digest = re.search(r'name="digest"[^>]*value="([0-9a-f]{64})"', form)[1]
    given = {
        "name": "National Education Union",
        "signatory": "Sam Invented",
        "title": "General Secretary",
        "digest": digest,
        "has_read": "1",
    }
    assert neu.post(f"{page}/signature", data=given).status_code == 303
    early = coordinator.post(f"{page}/end")
    assert early.status_code == 409
    assert "can still answer" in words(early)
    deputy = world.browser(desk.deputy)
    assert deputy.post(f"{page}/signature", data=given | {"name": "Liberty"}).status_code == 303
    assert coordinator.post(f"{page}/end").status_code == 303
    assert client.get("/published/no-borders-in-schools").status_code == 404
    assert coordinator.post(f"{page}/release").status_code == 303
    public = client.get("/published/no-borders-in-schools")
    assert public.status_code == 200
    assert CANARY in public.text
    assert "2 organisations. This is the whole list." in words(public)
    assert public.text.index("Liberty</strong>") < public.text.index("National Education Union")
    assert "Set-Cookie" not in public.headers
