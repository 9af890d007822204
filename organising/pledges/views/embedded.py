"""The form in a partner's frame, and the count for anyone's page.

The frame's headers name the sites that the partner declared, so that no other can stand around it. No cookie is sent
or asked for: browsers keep none in frames of other sites.
"""

import json

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from ...platform.access import cookieless, own_context, public
from ...platform.errors import NotFound
from ...platform.forgery import tokenless
from ...platform.languages import current_language
from ...platform.links import address_of_page
from ...platform.tenancy import ANONYMOUS, use_context
from ...platform.ui import asset_file, number
from ...platform.web import POLICY
from .. import texts
from ..models import Channel, DriveStatus
from ..queries import PublishedTally, SigningPage, get_signing_page, list_origins, read_tally
from .blueprint import blueprint
from .credit import credit
from .journey import take_signature

ANYONE = "anyone may read and sign a published pledge, in a partner's frame too"
COUNT = "anyone may show how many have signed"
MINUTE = 60


@blueprint.route("/pledge/<slug>/<via>/embed", methods=["GET", "POST"])
@public(ANYONE)
@own_context
@cookieless
@tokenless
def embedded(slug: str, via: str) -> AnyResponse:
    """The form alone. The same answers as the whole page's."""
    return take_signature(
        slug,
        via,
        show=lambda page, form, status: _framed(
            page, "pledges/embedded.html" if page.is_live else "pledges/practice.html", status, form=form
        ),
        thanks=lambda _page: url_for("pledges.embedded_thanks", slug=slug, via=via),
        channel=Channel.EMBED,
    )


@blueprint.get("/pledge/<slug>/<via>/embed/thanks")
@public(ANYONE)
@own_context
def embedded_thanks(slug: str, via: str) -> AnyResponse:
    """After signing in the frame: the same for everyone."""
    with use_context(ANONYMOUS):
        return _framed(get_signing_page(slug, via, current_language()), "pledges/embedded_thanks.html", 200)


def _framed(page: SigningPage, template: str, status: int, **values: object) -> Response:
    origins = [one.origin for one in list_origins(page.drive.campaign_id, page.collector.id)]
    response = make_response(
        render_template(
            template,
            page=page,
            campaign=page.campaign,
            origins=origins,
            texts=texts,
            tally=read_tally(page.drive.id),
            whole=url_for("pledges.sign", slug=page.drive.slug, via=page.via, **credit()),
            action=url_for("pledges.embedded", slug=page.drive.slug, via=page.collector.slug, **credit()),
            **values,
        ),
        status,
    )
    if origins:
        response.headers["Content-Security-Policy"] = POLICY.replace(
            "frame-ancestors 'none'", f"frame-ancestors {' '.join(origins)}"
        )
    return response


@blueprint.get("/pledge/embedding.js")
@public("a partner's page gives the frame its height with it")
@own_context
def embedding() -> Response:
    """The script for a partner's page: one address for ever, whatever the build calls the file."""
    found = asset_file("embedding.js")
    if found is None:
        raise NotFound
    response = Response(found.read_text(), content_type="text/javascript; charset=utf-8")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return _cached(response, 60 * MINUTE)


@blueprint.get("/pledge/<slug>/counter.json")
@public(COUNT)
@own_context
def counter_json(slug: str) -> Response:
    """How many have signed, as published: in tens of each partner's signers, and nothing below ten."""
    with use_context(ANONYMOUS):
        page = get_signing_page(slug, None, current_language())
        tally = read_tally(page.drive.id)
        told = {
            "title": page.text.title,
            "signatures": tally.total,
            "fewer_than": None if tally.total else 10,
            "rounded_to": 10,
            "goal": page.drive.goal,
            "is_open": page.drive.status == DriveStatus.OPEN,
            "as_of": tally.as_of.isoformat() if tally.as_of else None,
            "url": address_of_page("pledges.sign", slug=slug),
        }
    response = Response(json.dumps(told), content_type="application/json")
    return _cached(response, MINUTE)


@blueprint.get("/pledge/<slug>/counter.svg")
@public(COUNT)
@own_context
def counter_svg(slug: str) -> Response:
    """The same as a picture. ``theme=dark`` for a dark page."""
    with use_context(ANONYMOUS):
        page = get_signing_page(slug, None, current_language())
        tally = read_tally(page.drive.id)
        picture = render_template(
            "pledges/counter.svg", words=count_in_words(tally), number=number(tally.total), page=page,
            dark=request.args.get("theme") == "dark", share=_share_of_goal(tally, page.drive.goal),
        )  # fmt: skip
    return _cached(Response(picture, content_type="image/svg+xml; charset=utf-8"), MINUTE)


def count_in_words(tally: PublishedTally) -> str:
    """The published count in a few words; a small one is never said."""
    if not tally.total:
        return str(_("Fewer than 10 have signed"))
    return str(_("%(number)s have signed", number=number(tally.total)))


def _share_of_goal(tally: PublishedTally, goal: int | None) -> float | None:
    return min(1.0, tally.total / goal) if goal and tally.total else None


def _cached(response: Response, seconds: int) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.add_etag()
    response.make_conditional(request)
    return response
