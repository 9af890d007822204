"""Imports on the web as a coordinator does them, and a kept upload as a row."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from organising.platform.clock import now, today
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import (
    GivenFile,
    ImportUpload,
    OfficeHolding,
    Person,
)
from organising.representatives.models.uploads import pack
from tests.support.representatives import FIXTURES

PAGE = "/representatives/imports"


def send(browser, *files, as_of="2026-06-27"):
    """Give files: names of fixtures, or pairs of a name and bytes."""
    pairs = [(one, (FIXTURES / one).read_bytes()) if isinstance(one, str) else one for one in files]
    given = [(io.BytesIO(content), name) for name, content in pairs]
    return browser.post(
        f"{PAGE}/new", data={"files": given, "as_of": as_of}, content_type="multipart/form-data"
    )


def shown(browser, *files, **options):
    """The address of the comparison, and its page as plain text."""
    answer = send(browser, *files, **options)
    assert answer.status_code == 303, plain(answer)
    return answer.location, plain(browser.get(answer.location))


def plain(answer):
    main = answer.text.split("<main")[1].split("</main")[0]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)))


def fingerprint(browser, url):
    page = browser.get(url).text
    return re.search(r'name="fingerprint"[^>]*value="([0-9a-f]+)"', page)[1]


def apply(browser, url, print_=None):
    return browser.post(f"{url}/application", data={"fingerprint": print_ or fingerprint(browser, url)})


def imported(browser, run_jobs, *files, **options):
    url, _page = shown(browser, *files, **options)
    assert apply(browser, url).status_code == 303
    run_jobs()
    return url, plain(browser.get(url))


def count(app, model):
    with app.app_context(), use_context(Context()) as session:
        return session.scalar(select(func.count()).select_from(model))


def open_names(app):
    with app.app_context(), use_context(Context()) as session:
        held = select(Person.name).join(OfficeHolding, OfficeHolding.person_id == Person.id)
        return set(session.scalars(held.where(OfficeHolding.end_on.is_(None))))


def state(world, coordinator, url):
    with world.context("liberty", coordinator) as session:
        row = session.scalars(select(ImportUpload).where(ImportUpload.id == UUID(url[-36:]))).one()
        return row.state, row.attempts, row.stale


def kept_upload() -> ImportUpload:
    return ImportUpload(
        title="invented.csv",
        content=pack([GivenFile("invented.csv", b"a,b\n1,2\n")]),
        as_of=today(),
        difference={"files": []},
        fingerprint="invented",
        by_label="x",
        changed_at=now(),
        expires_at=now() + timedelta(hours=1),
    )
