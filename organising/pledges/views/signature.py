"""The one page that a signer's link opens, and what its holder may do there.

Who holds the link holds the signature: it runs as the public, in the context of that signing. Opening a page changes
nothing, since scanners of mail open every link; each change is a press.
"""

from collections.abc import Callable

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from ...accounts.limits import signing as not_too_often
from ...organisations.models import Campaign
from ...platform.access import own_context, public
from ...platform.clock import now
from ...platform.db import db, find
from ...platform.errors import Conflict, NotFound
from ...platform.forgery import tokenless
from ...platform.languages import current_language
from ...platform.links import address_of_page, unkept
from ...platform.panels import list_steps
from ...platform.tenancy import Context, use_context
from ...representatives.queries import find_seat_name
from .. import texts
from ..forms import CorrectionForm, MoreForm, answered_before
from ..links import read_address_token, read_signing_token, signing_token
from ..models import DriveStatus, PledgeDrive, PledgeState
from ..queries import Question, get_signed_text, list_asks, list_partners, list_questions, read_tally
from ..services import addresses, afterwards
from ..services import signing as signings
from ..services.answers import read_answers, save_answers
from .blueprint import blueprint

HOLDER = "who holds the link from the mail holds the signature"
PLACE = "signature"


@blueprint.get("/signature/<token>")
@public(HOLDER)
@own_context
def signature(token: str) -> Response:
    """The page of one signing. Opening it changes nothing: scanners of mail open links too."""
    signing_id, version = read_signing_token(token)
    with use_context(Context(subject=signing_id)):
        return _signature_page(token, signings.get_signing(signing_id, version))


@blueprint.post("/signature/<token>/confirmation")
@public(HOLDER)
@own_context
@tokenless
def confirm(token: str) -> AnyResponse:
    """Confirm the signing; a second press changes nothing."""
    return _change(token, signings.confirm)


@blueprint.post("/signature/<token>/refusal")
@public(HOLDER)
@own_context
@tokenless
def refuse(token: str) -> AnyResponse:
    """ "This wasn't me": withdraw and erase what was never confirmed."""
    return _change(token, signings.refuse)


@blueprint.post("/signature/<token>/withdrawal")
@public(HOLDER)
@own_context
@tokenless
def withdraw(token: str) -> AnyResponse:
    """Withdraw a confirmed signing and erase its details."""
    return _change(token, signings.withdraw)


@blueprint.post("/signature/<token>/more")
@public(HOLDER)
@own_context
@tokenless
def say_more(token: str) -> AnyResponse:
    """Sector, role, workplace and the name in public, for who wants to say any of them."""
    signing_id, version = read_signing_token(token)
    with use_context(Context(subject=signing_id)):
        signing = signings.get_signing(signing_id, version)
        drive = _drive_of(signing)
        questions = _questions(drive, signing)
        form = MoreForm.about(_sectors(drive, signing), questions)
        if not form.validate():
            return _signature_page(token, signing, form, 422)
        kept = afterwards.say_more(signing, form.more())
        save_answers(signing, questions, form.answers(questions))
        db.session.commit()
    if kept:
        flash(_("Thank you. That is saved."), "success")
    return redirect(url_for("pledges.signature", token=token), 303)


@blueprint.route("/signature/<token>/correction", methods=["GET", "POST"])
@public(HOLDER)
@own_context
@tokenless
@not_too_often
def correct(token: str) -> AnyResponse:
    """Put name and postcode right, or name another address, which its own mail then confirms."""
    signing_id, version = read_signing_token(token)
    with use_context(Context(subject=signing_id)):
        signing = signings.get_signing(signing_id, version)
        if signing.state != PledgeState.CONFIRMED or signing.details_are_gone:
            return redirect(url_for("pledges.signature", token=token), 303)
        form = CorrectionForm(name=signing.name, postcode=signing.postcode)
        if not form.is_submitted():
            return _correction_page(token, signing, form)
        if not form.validate():
            return _correction_page(token, signing, form, 422)
        try:
            asked = addresses.ask_for_address(signing, form.email.data or "")
        except Conflict as error:
            form.email.errors = [error.message]
            return _correction_page(token, signing, form, 422)
        corrected = afterwards.correct(signing, form.name.data or "", form.postcode.data or "")
        db.session.commit()
    _say(corrected, asked)
    return redirect(url_for("pledges.signature", token=token), 303)


@blueprint.get("/new-address/<token>")
@public(HOLDER)
@own_context
def new_address(token: str) -> Response:
    """What the mail to a new address opens. Opening it changes nothing."""
    signing_id, change_id = read_address_token(token)
    with use_context(Context(subject=signing_id)):
        waits = addresses.find_change(signing_id, change_id) is not None
    return unkept(render_template("pledges/new_address.html", token=token, waits=waits, texts=texts))


@blueprint.post("/new-address/<token>/confirmation")
@public(HOLDER)
@own_context
@tokenless
def take_address(token: str) -> AnyResponse:
    """Use the new address; a second press finds nothing to do."""
    signing_id, change_id = read_address_token(token)
    with use_context(Context(subject=signing_id)):
        try:
            signing = signings.get_signing(signing_id, signings.link_version_of(signing_id))
            version = addresses.take_address(signing, change_id)
        except NotFound:
            return redirect(url_for("pledges.new_address", token=token), 303)
        db.session.commit()
    flash(
        _(
            "Your signature has its new address. Keep this page’s link: the one you had before no longer works."
        ),
        "success",
    )
    return redirect(url_for("pledges.signature", token=signing_token(signing_id, version)), 303)


@blueprint.post("/new-address/<token>/refusal")
@public(HOLDER)
@own_context
@tokenless
def refuse_address(token: str) -> AnyResponse:
    """ "This wasn't me": the address is forgotten at once."""
    signing_id, change_id = read_address_token(token)
    with use_context(Context(subject=signing_id)):
        if addresses.find_change(signing_id, change_id) is not None:
            addresses.drop_change(signing_id)
            db.session.commit()
    return redirect(url_for("pledges.new_address", token=token), 303)


def _change(token: str, verb: Callable[[signings.Signing], bool]) -> AnyResponse:
    signing_id, version = read_signing_token(token)
    with use_context(Context(subject=signing_id)):
        verb(signings.get_signing(signing_id, version))
        db.session.commit()
    return redirect(url_for("pledges.signature", token=token), 303)


def _say(corrected: bool, asked: bool) -> None:
    if corrected:
        flash(_("Thank you. Your details are corrected."), "success")
    if asked:
        flash(
            _(
                "We have sent an email to the new address. It is used once you press the button that it leads to."
            ),
            "info",
        )


def _drive_of(signing: signings.Signing) -> PledgeDrive | None:
    """The drive while its text may be read: of one that has ended for good only kept figures stay."""
    drive = find(PledgeDrive, signing.drive_id)
    return None if drive is None or drive.status == DriveStatus.ARCHIVED else drive


def _sectors(drive: PledgeDrive | None, signing: signings.Signing) -> dict[str, str]:
    """What the drive offers; and what was said before, so that saving something else does not lose it."""
    offered = texts.offered_sectors(drive) if drive else {}
    said = {signing.sector: texts.sector_label(signing.sector)} if signing.sector else {}
    return offered | said


def _questions(drive: PledgeDrive | None, signing: signings.Signing) -> list[Question]:
    return [] if drive is None or signing.details_are_gone else list_questions(drive, current_language())


def _filled(drive: PledgeDrive | None, signing: signings.Signing) -> MoreForm:
    questions = _questions(drive, signing)
    before = answered_before(questions, read_answers(signing) if questions else {})
    return MoreForm.about(_sectors(drive, signing), questions, formdata=None, obj=signing, data=before)


def _signature_page(
    token: str, signing: signings.Signing, form: MoreForm | None = None, status: int = 200
) -> Response:
    drive = _drive_of(signing)
    names = {partner.id: partner for partner in list_partners(signing.campaign_id)}
    collector = names.get(signing.collector_id)
    via = collector.slug if collector else None
    is_confirmed = signing.state == PledgeState.CONFIRMED
    page = render_template(
        "pledges/signature.html",
        token=token,
        signing=signing,
        has_expired=signing.has_expired(now()),
        until=texts.confirmable_until(signing.signed_at),
        drive=drive,
        campaign=find(Campaign, signing.campaign_id),
        text=get_signed_text(drive.id, signing.wording_version, signing.signed_text) if drive else None,
        collector=collector,
        via=via,
        holders=[names[holder] for holder in signing.holder_ids if holder in names],
        seat=find_seat_name(signing.constituency_code) if is_confirmed else None,
        tally=read_tally(signing.drive_id),
        asks=list_asks(signing.campaign_id, signing.sector),
        steps=list_steps(PLACE, campaign_id=signing.campaign_id) if is_confirmed else [],
        share_url=address_of_page("pledges.sign", slug=drive.slug, via=via) if drive and via else None,
        questions=_questions(drive, signing) if is_confirmed else [],
        form=(form or _filled(drive, signing)) if is_confirmed else None,
        texts=texts,
    )
    return unkept(page, status)


def _correction_page(
    token: str, signing: signings.Signing, form: CorrectionForm, status: int = 200
) -> Response:
    campaign = find(Campaign, signing.campaign_id)
    page = render_template("pledges/correction.html", token=token, form=form, campaign=campaign, texts=texts)
    return unkept(page, status)
