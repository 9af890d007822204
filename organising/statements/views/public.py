"""What everybody reads: the list with its search, one statement, its PDF and JSON, the feed and the sitemap.

They run as the public whoever asks, use no cookie, and take their words from released rows alone: before its time a text is in
none of them, and what they answer is what they answer for an address that never was.
"""

import hashlib
import json
from functools import lru_cache
from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext as _

from organising.organisations.queries import find_campaign_shown
from organising.platform.access import Readers, cookieless, public
from organising.platform.errors import NotFound
from organising.platform.links import address_of_page
from organising.platform.ui import longdate
from organising.statements import queries
from organising.statements.document import describe, split_paragraphs, typeset
from organising.statements.queries import Published, Signatory

from .blueprint import blueprint

ANYONE = "what is released is for everybody"
MOST_WORDS = 100


@blueprint.get("/published")
@public(ANYONE)
@cookieless
def published_index() -> Response:
    """All that is released, and a search in it."""
    words = " ".join(request.args.get("q", "").split())[:MOST_WORDS]
    return _page("statements/published_index.html", found=queries.list_published(words), words=words)


@blueprint.get("/published/<slug>")
@public(ANYONE)
@cookieless
def published(slug: str) -> Response:
    """One statement, exactly as it was agreed, with all who signed it."""
    found = _get(slug)
    return _page(
        "statements/published.html",
        one=found,
        paragraphs=split_paragraphs(found.version.body),
        earlier=split_paragraphs(found.first.body) if found.first.body != found.version.body else None,
    )


@blueprint.get("/published/<slug>.pdf")
@public(ANYONE)
@cookieless
def published_pdf(slug: str) -> Response:
    """The same as a PDF."""
    found = _get(slug)
    words = json.dumps(
        describe(found.statement, found.version, found.signatories, corrections=found.corrections),
        ensure_ascii=False,
    )
    answer = Response(_typeset(words), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{slug}.pdf"'
    return _kept(answer, _tag(words.encode()))


@blueprint.get("/published/<slug>.json")
@public(ANYONE, readers=Readers.STAFF)
@cookieless
def published_json(slug: str) -> Response:
    """The same for programs."""
    found = _get(slug)
    values = {
        "kind": found.statement.kind,
        "headline": found.version.headline,
        "text": found.version.body,
        "sha256": found.version.digest,
        "version": found.version.number,
        "released_at": found.statement.released_at.isoformat() if found.statement.released_at else None,
        "address": address_of_page("statements.published", slug=slug),
        "corrections": [{"at": one.created_at.isoformat(), "note": one.note} for one in found.corrections],
        "signatories": [_signatory(one) for one in found.standing],
        "withdrawn": [
            {"name": one.name, "at": one.withdrawn_at.isoformat()}
            for one in found.withdrawn
            if one.withdrawn_at
        ],
    }
    return _answer(json.dumps(values, ensure_ascii=False).encode(), "application/json")


@blueprint.get("/published/feed.atom")
@public(ANYONE, readers=Readers.STAFF)
@cookieless
def feed() -> Response:
    """The latest as an Atom feed (RFC 4287)."""
    found = queries.list_published()
    page = render_template(
        "statements/feed.xml",
        found=found[:30],
        updated=max((version.created_at for _one, version in found), default=None),
        address=address_of_page("statements.feed"),
        home=address_of_page("statements.published_index"),
        page_of=lambda one: address_of_page("statements.published", slug=one.slug),
        title=_("Statements"),
    )
    return _answer(page.encode(), "application/atom+xml; charset=utf-8")


@blueprint.get("/sitemap.xml")
@public(ANYONE, readers=Readers.STAFF)
@cookieless
def sitemap() -> Response:
    """What search engines may find: released statements."""
    pages = [
        (
            address_of_page("statements.published", slug=one.slug),
            max(version.created_at, one.released_at or version.created_at),
        )
        for one, version in queries.list_published()
    ]
    page = render_template(
        "statements/sitemap.xml", pages=pages, home=address_of_page("statements.published_index")
    )
    return _answer(page.encode(), "application/xml; charset=utf-8")


@lru_cache(maxsize=16)
def _typeset(words: str) -> bytes:
    """Of what the database has just shown the public: the same words are typeset once a process."""
    return typeset(json.loads(words))


def _page(template: str, **values: Any) -> Response:
    """A page that is the same whoever asks: what is to be flashed to a member waits for a page of theirs."""
    page = render_template(
        template, campaign=find_campaign_shown(), get_flashed_messages=lambda **_: (), **values
    )
    return _answer(page.encode(), "text/html; charset=utf-8")


def _get(slug: str) -> Published:
    found = queries.find_published(slug)
    if found is None:
        raise NotFound
    return found


def _signatory(one: Signatory) -> dict[str, str]:
    return {
        "name": one.name,
        "signatory": one.signatory,
        "title": one.title,
        "signed": longdate(one.signed_at),
    }


def _answer(body: bytes, kind: str) -> Response:
    return _kept(Response(body, content_type=kind), _tag(body))


def _kept(answer: Response, tag: str) -> Response:
    """Asked again each time: what is corrected or taken back is so at once, and nothing is kept beyond it."""
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.make_conditional(request)
    return answer


def _tag(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]
