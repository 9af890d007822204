"""The public's pages of a drive: signing, what comes right after, the names shown, the code to scan.

They run as the public even when a member is signed in: what a signer may see must not depend on who else one is.
They use no cookie, so a page that lay open overnight can be sent as it is.
"""

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ...organisations.logos import list_signatories
from ...platform.access import own_context, public
from ...platform.clock import now
from ...platform.db import db, new_id
from ...platform.discreet import discreet_sender, discreet_subject
from ...platform.errors import NotFound
from ...platform.forgery import comes_from_elsewhere, tokenless
from ...platform.languages import current_language
from ...platform.links import address_of_page
from ...platform.pictures import qr_svg
from ...platform.tenancy import ANONYMOUS, Context, use_context
from .. import texts
from ..forms import AgainForm, SigningForm
from ..offices import office_labels
from ..queries import (
    SigningPage,
    find_announced,
    find_banner,
    get_campaign,
    get_signing_page,
    get_wording,
    list_milestones,
    read_tally,
)
from ..queries.representatives import list_published_representatives
from ..queries.sign_ons import list_published_sign_ons
from ..services import resending
from ..services.afterwards import has_public_names, list_public_names
from ..services.looks import look_digest
from .blueprint import blueprint
from .credit import credit
from .journey import take_signature
from .limits import ask_to_wait, find_wait

ANYONE = "anyone may read and sign a published pledge"


@blueprint.route("/pledge/<slug>", methods=["GET", "POST"])
@blueprint.route("/pledge/<slug>/<via>", methods=["GET", "POST"])
@public(ANYONE)
@own_context
@tokenless
def sign(slug: str, via: str | None = None) -> AnyResponse:
    """The signing page. A first and a repeated signature get the same answer, as does a program's."""
    try:
        return take_signature(
            slug,
            via or _via(),
            show=lambda page, form, status: make_response(_signing_page(page, form), status),
            thanks=lambda page: url_for("pledges.check_email", slug=slug, via=page.via),
        )
    except NotFound:
        with use_context(ANONYMOUS):
            return _announced(slug)


@blueprint.get("/pledge/<slug>/check-your-email")
@public(ANYONE)
@own_context
def check_email(slug: str) -> str:
    """After signing: the same for everyone."""
    with use_context(ANONYMOUS):
        return _mail_page(get_signing_page(slug, _via(), current_language()), AgainForm(formdata=None))


@blueprint.post("/pledge/<slug>/mail-again")
@public(ANYONE)
@own_context
@tokenless
def mail_again(slug: str) -> AnyResponse:
    """The mail once more: the same answer whether or not the address has signed."""
    form = AgainForm()
    with use_context(Context(subject=new_id())) as session:
        page = get_signing_page(slug, _via(), current_language())
        if not form.validate() or comes_from_elsewhere():
            return make_response(_mail_page(page, form), 422)
        if seconds := find_wait():
            headers = ask_to_wait(form, seconds)
            return make_response(_mail_page(page, form), 429, headers)
        resending.ask_again(session.info["context"].subject, page, form.email.data or "")
        db.session.commit()
    return redirect(url_for("pledges.check_email", slug=slug, via=page.via, again="asked"), 303)


@blueprint.get("/pledge/<slug>/names")
@public("names are shown of those only who ticked a box for it, and can be taken down at once")
@own_context
def names(slug: str) -> Response:
    """The names of those who want to be named, in another order each time."""
    with use_context(ANONYMOUS):
        page = get_signing_page(slug, None, current_language())
        shown = list_public_names(page.drive.id)
        response = make_response(
            render_template("pledges/names.html", page=page, campaign=page.campaign, names=shown)
        )
    # Who took their name down is gone with the next look.
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, noarchive"
    return response


@blueprint.get("/pledge/<slug>/organisations")
@public("organisations that signed want it known")
@own_context
def organisations(slug: str) -> Response:
    """The organisations that signed, each with the text that it signed: exact at this moment."""
    with use_context(ANONYMOUS):
        page = get_signing_page(slug, None, current_language())
        signed = list_published_sign_ons(page.drive.id)
        versions = {one.wording_version for one in signed} - {page.drive.wording_version}
        response = make_response(
            render_template(
                "pledges/organisations.html",
                page=page,
                campaign=page.campaign,
                signed=signed,
                earlier={version: get_wording(page.drive, version) for version in versions},
            )
        )
    # Who took its name back is gone with the next look.
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/pledge/<slug>/representatives")
@public("what somebody in elected office put their name to is public")
@own_context
def signed_representatives(slug: str) -> Response:
    """The elected representatives who signed, each as they were on that day: exact at this moment."""
    with use_context(ANONYMOUS):
        page = get_signing_page(slug, None, current_language())
        response = make_response(
            render_template(
                "pledges/signed_representatives.html",
                page=page,
                campaign=page.campaign,
                signed=list_published_representatives(page.drive.id),
                offices=office_labels(),
            )
        )
    # What was recorded by mistake is gone with the next look.
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/pledge/<slug>/qr.svg")
@public("it says no more than the address that it leads to")
@own_context
def qr(slug: str) -> Response:
    """The code that leads to the page, for one partner's link."""
    with use_context(ANONYMOUS):
        page = get_signing_page(slug, _via(), current_language())
    drawn = qr_svg(address_of_page("pledges.sign", slug=slug, via=page.collector.slug))
    response = Response(drawn, content_type="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _via() -> str | None:
    return request.args.get("via") or None


def _announced(slug: str) -> AnyResponse:
    drive = find_announced(slug)
    if drive is None:
        raise NotFound
    return make_response(
        render_template("pledges/announced.html", drive=drive, campaign=get_campaign(drive)),
        200 if request.method == "GET" else 409,
    )


def _signing_page(page: SigningPage, form: SigningForm) -> str:
    if not page.is_live:
        return render_template("pledges/practice.html", page=page, campaign=page.campaign)
    milestones = list_milestones(page.drive.id)
    return render_template(
        "pledges/sign.html",
        page=page,
        milestones=milestones,
        look=look_digest(page.drive) if page.drive.colour else None,
        signatories=list_signatories(page.drive.campaign_id) if page.drive.shows_logos else [],
        banner=find_banner(milestones, current_language(), now()),
        campaign=page.campaign,
        form=form,
        tally=read_tally(page.drive.id),
        has_names=has_public_names(page.drive.id),
        signed=list_published_sign_ons(page.drive.id),
        representatives=list_published_representatives(page.drive.id),
        offices=office_labels(),
        texts=texts,
        action=url_for("pledges.sign", slug=page.drive.slug, via=page.via, **credit()),
    )


def _mail_page(page: SigningPage, form: AgainForm) -> str:
    return render_template(
        "pledges/check_email.html",
        page=page,
        campaign=page.campaign,
        form=form,
        was_asked=request.args.get("again") == "asked",
        sender=discreet_sender(),
        subjects=list(dict.fromkeys((discreet_subject(), discreet_subject(again=True)))),
        texts=texts,
        action=url_for("pledges.mail_again", slug=page.drive.slug, via=page.via),
    )
