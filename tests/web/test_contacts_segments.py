"""Segments through their pages, as somebody without scripts builds, saves, changes, copies and puts them away."""

import re
from uuid import uuid4

import pytest

from tests.support.contacts import keep
from tests.web.test_contacts import names, version
from tests.web.test_lobbying_scale import counting

NEW = "/contacts/segments/new"


def fields(page: str) -> dict[str, str]:
    """What a browser would send back of the builder."""
    found = dict(re.findall(r'<input type="hidden" name="((?:field|value)-[\d-]+)" value="([^"]*)"', page))
    found |= {
        name: value
        for tag in re.findall(r"<input [^>]*>", page)
        if (name := _of(tag, "name")).startswith("value-")
        for value in [_of(tag, "value")]
    }
    for name, options in re.findall(
        r'<select name="((?:mode|operator|value)-[\d-]+)".*?>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r'<option value="([^"]*)" selected', options) or re.search(
            r'<option value="([^"]*)"', options
        )
        found[name] = chosen[1]
    return found | {"name": re.search(r'name="name"[^>]*value="([^"]*)"', page)[1]}


def _of(tag, name):
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


def count(page: str) -> int:
    return int(re.search(r'said__count"><b>([\d,]+)</b>', page)[1].replace(",", ""))


def says(page: str) -> str:
    return re.search(r'said__words">([^<]*)<', page)[1]


class Builder:
    """Somebody at the builder: each press brings the page anew."""

    def __init__(self, browser, address=NEW):
        self.browser, self.address = browser, address
        self.page = browser.get(address).text

    def press(self, act, **given):
        answer = self.browser.post(self.address, data=fields(self.page) | {"do": act} | given)
        assert answer.status_code == 200
        self.page = answer.text
        return self

    def ask(self, key, where="0", **given):
        """Add a condition; ``given`` are its operator and value."""
        self.press(f"add:{where}", **{f"add-{where}": key})
        place = max(int(n) for n in re.findall(rf'name="field-{where}-(\d+)"', self.page))
        return self.press("look", **{f"{name}-{where}-{place}": value for name, value in given.items()})

    def save(self, name, **given):
        return self.browser.post(self.address, data=fields(self.page) | {"name": name} | given)


def tag_id(page, name):
    return re.search(rf'<option value="([0-9a-f-]{{36}})"[^>]*>{name}<', page)[1]


@pytest.fixture
def three(world, organiser):
    return [
        keep(
            world, "neu", organiser, "Amara Okafor", tags=("volunteer",), sector="health", postcode="E1 4NS"
        ),
        keep(world, "neu", organiser, "Nia Ash", tags=("volunteer", "press")),
        keep(world, "neu", organiser, "Olu Brackley", sector="education"),
    ]


def test_a_segment_is_built_saved_used_changed_copied_and_put_away_without_a_script(browser, three):
    assert "No segment yet" in browser.get("/contacts/segments").text
    builder = Builder(browser)
    assert says(builder.page) == "Everybody."
    assert count(builder.page) == 3
    builder.press("add:0", **{"add-0": "tag"})
    assert "One condition is not finished" in builder.page
    assert "error-summary" not in builder.page
    builder.press("look", **{"value-0-0": tag_id(builder.page, "volunteer")})
    assert count(builder.page) == 2
    builder.press("group:0").ask("sector", "0-1", value="health").ask("name", "0-1", value="nobody")
    assert says(builder.page) == (
        "Everybody of whom this holds: they bear the tag “volunteer” and (sector: Health and care or their name begins with “nobody”)."
    )
    assert count(builder.page) == 1
    builder.press("look", **{"mode-0-1": "none"})
    assert "and not (sector: Health and care or their name begins with “nobody”)" in says(builder.page)
    builder.press("out:0-1-1")
    saved = builder.save("Volunteers elsewhere")
    assert saved.status_code == 303
    listed = browser.get(saved.location).text
    assert names(browser, saved.location.partition("?")[2]) == ["Nia Ash"]
    assert "they bear the tag “volunteer” and not (sector: Health and care)" in listed
    segment = re.search(r"segment=([0-9a-f-]{36})", saved.location)[1]
    # With the list's own filters and search beside it.
    assert names(browser, f"segment={segment}&q=olu") == []
    out = browser.post("/contacts/exports", data={"segment": segment, "reason": "phone"})
    assert [line.split(",")[0] for line in out.text.splitlines()[1:]] == ["Nia Ash"]

    edit = Builder(browser, f"/contacts/segments/{segment}/edit")
    opened = version(edit.page)
    edit.press("out:0-1")
    assert edit.save("Volunteers", version=opened).status_code == 303
    assert names(browser, f"segment={segment}") == ["Amara Okafor", "Nia Ash"]
    # Whoever had it open loses nothing, and is shown what is kept.
    late = edit.press("out:0-0").save("Everybody", version=opened)
    assert late.status_code == 409
    assert "Someone else changed this segment" in late.text
    assert "they bear the tag “volunteer”" in late.text

    copied = Builder(browser, f"{NEW}?copy={segment}")
    assert 'value="Volunteers (copy)"' in copied.page
    assert copied.save("Volunteers").status_code == 303, "the very same again is one"
    refused = copied.press("look", **{"mode-0": "none"}).save("VOLUNTEERS")
    assert refused.status_code == 422
    assert "There is a segment of this name" in refused.text

    gone = browser.post(f"/contacts/segments/{segment}/removal")
    page = browser.get(gone.location).text
    assert "“Volunteers” is archived" in page
    assert browser.get(f"/contacts/segments/{segment}/edit").status_code == 200
    assert edit.save("Again", version="2").status_code == 409
    browser.post(f"/contacts/segments/{segment}/restoration")
    assert "Volunteers" in browser.get("/contacts/segments").text


def test_what_is_wrong_is_said_at_its_condition_and_nothing_typed_is_lost(browser, three):
    builder = Builder(browser).ask("added", value="soon").ask("postcode", value="").ask("tag")
    answer = builder.save("Some")
    assert answer.status_code == 422
    for said in (
        "3 things to put right",
        "Write a whole number of days",
        "Fill this in",
        'value="soon"',
        'href="#value-0-1"',
    ):
        assert said in answer.text, said
    assert builder.press("out:0-2").press("out:0-1").press("out:0-0").save("").status_code == 422
    for bad in ({"field-0-0": "tag", "operator-0-0": "has", "value-0-0": str(uuid4())}, {"field-0-0": "nothing"},
                {"field-0-0": "consent.opinions.record"}, {"field-0-0": "name", "value-0-0": "!!!"}):  # fmt: skip
        answer = browser.post(NEW, data={"name": "Bad", "mode-0": "all"} | bad)
        assert answer.status_code == 422, bad
    deep = {f"mode-{'-'.join('0' * n)}": "any" for n in range(1, 9)} | {
        "field-0-0-0-0-0-0": "kind",
        "name": "Deep",
    }
    assert browser.post(NEW, data=deep | {"do": "count"}).status_code == 200
    answer = browser.post(NEW, data={"name": "undocumented people", "mode-0": "all"})
    assert answer.status_code == 422
    assert "speak of immigration status" in answer.text


def test_what_the_list_is_narrowed_to_becomes_a_segment(browser, three):
    assert (
        f"{NEW}?q=ash&amp;sector=health".replace(NEW, "segments/new")
        in browser.get("/contacts?q=ash&sector=health").text
    )
    begun = Builder(browser, f"{NEW}?q=amara&sector=health")
    assert (
        says(begun.page)
        == "Everybody of whom this holds: the search finds them by “amara” and sector: Health and care."
    )
    assert count(begun.page) == 1


def test_an_officer_asks_within_the_own_unit_and_changes_own_segments_only(world, organiser, browser, three):
    officer = world.user("neu", "officer")
    keep(world, "neu", officer, "Branch Person", tags=("volunteer",))
    theirs = Builder(browser).ask("pledge", operator="signed")
    assert "What happened" in theirs.page
    saved = Builder(browser).ask("tag", operator="some").save("Tagged").location
    segment = re.search(r"segment=([0-9a-f-]{36})", saved)[1]
    assert len(names(browser, f"segment={segment}")) == 3
    branch = world.browser(officer)
    assert names(branch, f"segment={segment}") == ["Branch Person"]
    assert branch.post(f"/contacts/segments/{segment}/removal").status_code == 403
    own = Builder(branch)
    assert "Pledge</option>" not in own.page
    assert count(own.page) == 1
    assert own.save("Ours").status_code == 303
    # One that asks what an officer does not see answers nothing, rather than something else than its words.
    with world.context("neu", organiser) as session:
        from organising.contacts.criteria import Condition, Group
        from organising.contacts.queries.questions import list_questions
        from organising.contacts.services.segments import save_segment

        hidden = save_segment(
            organiser, "Unmailed", Group(parts=(Condition("mail", "never"),)), list_questions()
        ).id
        session.commit()
    assert branch.get(f"/contacts?segment={hidden}").status_code == 403
    assert "your role does not see" in branch.get("/contacts/segments").text
    assert world.browser(world.user("neu", "analyst")).get("/contacts/segments").status_code == 403


def test_pages_of_segments_take_as_many_queries_for_many_as_for_few(app, world, organiser, browser, three):
    def asked(address):
        with counting(app) as statements:
            assert browser.get(address).status_code == 200
        return len(statements)

    builder = Builder(browser).ask("tag")
    first = builder.press("look", **{"value-0-0": tag_id(builder.page, "press")}).save("Tagged").location
    for warm in ("/contacts/segments", first, NEW):
        browser.get(warm)
    few = [asked(address) for address in ("/contacts/segments", first, NEW)]
    for number in range(12):
        keep(world, "neu", organiser, f"Another {number}", tags=(f"tag {number}",))
        builder = Builder(browser).ask("tag")
        builder.press("look", **{"value-0-0": tag_id(builder.page, "press")})
        assert builder.ask("name", value="a").save(f"Segment {number}").status_code == 303
    assert [asked(address) for address in ("/contacts/segments", first, NEW)] == few
