"""The public's pages: signing, and the one page that a signer's link opens.

They run as the public even when a member is signed in: what a signer may see must not depend on who else one is.
"""

from collections.abc import Callable

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from ...accounts.limits import signing
from ...organisations.models import Campaign
from ...platform.access import own_context, public
from ...platform.db import db, find, new_id
from ...platform.forms import PlainForm
from ...platform.links import address_of_page
from ...platform.tenancy import ANONYMOUS, Context, use_context
from .. import texts
from ..forms import SectorForm, SigningForm
from ..links import read_signing_token
from ..models import PledgeDrive, Sector
from ..queries import SigningPage, get_signing_page, get_wording, list_asks, list_partners, read_tally
from ..services import signing as signings
from .blueprint import blueprint

ANYONE = "anyone may read and sign a published pledge"
HOLDER = "who holds the link from the mail holds the signature"


@blueprint.route("/pledge/<slug>", methods=["GET", "POST"])
@blueprint.route("/pledge/<slug>/<via>", methods=["GET", "POST"])
@public(ANYONE)
@own_context
@signing
def sign(slug: str, via: str | None = None) -> AnyResponse:
    """The signing page. A first and a repeated signature get the same answer, as does a program's."""
    form = SigningForm()
    via = via or request.args.get("via") or None
    with use_context(Context(subject=new_id())) as session:
        page = get_signing_page(slug, via)
        signing_id = session.info["context"].subject
        if request.method == "POST" and page.is_open:
            if form.validate():
                if not form.is_trap_sprung:
                    signings.sign(signing_id, page, form.signature(page))
                    db.session.commit()
                return redirect(url_for("pledges.check_email", slug=slug), 303)
            return make_response(_signing_page(page, form), 422)
        form.restart()
        return make_response(
            _signing_page(page, form), 200 if page.is_open or request.method == "GET" else 409
        )


@blueprint.get("/pledge/<slug>/check-your-email")
@public(ANYONE)
@own_context
def check_email(slug: str) -> str:
    """After signing: the same for everyone."""
    with use_context(ANONYMOUS):
        page = get_signing_page(slug, None)
        return render_template("pledges/check_email.html", page=page, campaign=page.campaign, texts=texts)


@blueprint.get("/signature/<token>")
@public(HOLDER)
@own_context
def signature(token: str) -> Response:
    """The page of one signing. Opening it changes nothing: scanners of mail open links too."""
    signing_id = read_signing_token(token)
    with use_context(Context(subject=signing_id)):
        return _signature_page(token, signings.get_signing(signing_id))


@blueprint.post("/signature/<token>/confirmation")
@public(HOLDER)
@own_context
def confirm(token: str) -> AnyResponse:
    """Confirm the signing; a second press changes nothing."""
    return _change(token, signings.confirm)


@blueprint.post("/signature/<token>/refusal")
@public(HOLDER)
@own_context
def refuse(token: str) -> AnyResponse:
    """ "This wasn't me": withdraw and erase what was never confirmed."""
    return _change(token, signings.refuse)


@blueprint.post("/signature/<token>/withdrawal")
@public(HOLDER)
@own_context
def withdraw(token: str) -> AnyResponse:
    """Withdraw a confirmed signing and erase its details."""
    return _change(token, signings.withdraw)


@blueprint.post("/signature/<token>/sector")
@public(HOLDER)
@own_context
def say_sector(token: str) -> AnyResponse:
    """Where the signer works, if they want to say."""
    form = SectorForm()
    form.sector.choices = list(texts.sector_labels().items())
    if not form.validate():
        flash(_("Choose one of the sectors."), "error")
        return redirect(url_for("pledges.signature", token=token), 303)
    sector = Sector(form.sector.data) if form.sector.data else None
    answer = _change(token, lambda signing: signings.say_sector(signing, sector))
    flash(_("Thank you. Your sector is noted."), "success")
    return answer


def _change(token: str, verb: Callable[[signings.Signing], bool]) -> AnyResponse:
    signing_id = read_signing_token(token)
    with use_context(Context(subject=signing_id)):
        verb(signings.get_signing(signing_id))
        db.session.commit()
    return redirect(url_for("pledges.signature", token=token), 303)


def _signing_page(page: SigningPage, form: SigningForm) -> str:
    return render_template(
        "pledges/sign.html",
        page=page,
        campaign=page.campaign,
        form=form,
        tally=read_tally(page.drive.id),
        texts=texts,
        action=url_for("pledges.sign", slug=page.drive.slug, via=page.via),
    )


def _signature_page(token: str, signing: signings.Signing) -> Response:
    drive = find(PledgeDrive, signing.drive_id)
    names = {partner.id: partner for partner in list_partners(signing.campaign_id)}
    sector_form = SectorForm(sector=signing.sector)
    sector_form.sector.choices = list(texts.sector_labels().items())
    collector = names.get(signing.collector_id)
    response = make_response(
        render_template(
            "pledges/signature.html",
            token=token,
            signing=signing,
            drive=drive,
            campaign=find(Campaign, signing.campaign_id),
            wording=get_wording(drive, signing.wording_version) if drive else None,
            collector=collector,
            holders=[names[holder] for holder in signing.holder_ids if holder in names],
            tally=read_tally(signing.drive_id),
            asks=list_asks(signing.campaign_id, signing.sector),
            share_url=address_of_page("pledges.sign", slug=drive.slug, via=collector.slug)
            if drive and collector
            else None,
            form=PlainForm(),
            sector_form=sector_form,
            texts=texts,
        )
    )
    # The address is the key to the signature: no cache keeps the page, no other site is told of it.
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
