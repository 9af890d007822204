"""A file of contacts as a browser gives it: upload, the page's settings, application, and what the page counts."""

import io
import re

MESSY = """First name;Surname;E-mail;Mobile;Post code;Tag list;Notes;Shoe size
Amara;Okafor;amara@example.org;07700 900001;E1 4NS;Volunteer, stall;Likes evenings;38
Niamh;O’Brien;niamh@example.org;020 7946 0123;;;;40
;;nobody@example.org;;;;;
Llŷr;Tŵr;not an address;12345;nowhere;;;
Inés;Márquez;;=1+1;;undocumented;;
AMARA;OKAFOR;Amara@Example.org;;;;;
"""
TABLES = ("contact", "contact_detail", "contact_area", "contact_tag", "contact_note", "search_token",
          "contact_consent")  # fmt: skip


def give(browser, content=MESSY, name="people.csv"):
    content = content if isinstance(content, bytes) else content.encode()
    return browser.post("/contacts/imports", data={"file": (io.BytesIO(content), name)})


def settings(page, **changes):
    """What the page's form would send."""
    found = {
        f"column-{place}": re.search(r'<option value="([^"]*)" selected', select_)[1]
        if " selected" in select_
        else ""
        for place, select_ in re.findall(r'<select id="column-(\d+)".*?>(.*?)</select>', page, re.DOTALL)
    }
    return found | {"version": version(page), "known_rule": "skip"} | changes


def version(page):
    return re.search(r'name="version"[^>]*value="(\d+)"', page)[1]


def apply(browser, place, run_jobs):
    page = browser.get(place).text
    assert browser.post(f"{place}/application", data={"version": version(page)}).status_code == 303
    run_jobs()
    return browser.get(place).text


def stats(page):
    return [
        int(number.replace(",", "")) for number in re.findall(r'class="stat__value"[^>]*>\s*([\d,]+)', page)
    ]


def counts(owner):
    return {table: owner.rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}
