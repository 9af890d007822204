"""The public page: the postcode, one's own MP, the letter, read through once more. Nothing is kept before it is sent.

It runs as the public even when a member is signed in: what a writer may see must not depend on who else one is.
"""

from dataclasses import dataclass
from datetime import date

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from organising.accounts.limits import signing
from organising.letters import panels, queries, texts  # noqa: F401 (panels: what other pages show of letters)
from organising.letters.content import letter_text
from organising.letters.forms import LetterForm, PostcodeForm
from organising.letters.queries import Member, WritingPage
from organising.letters.services import writing
from organising.platform.access import own_context, public
from organising.platform.clock import today
from organising.platform.db import db, new_id
from organising.platform.errors import Invalid
from organising.platform.tenancy import ANONYMOUS, Context, use_context
from organising.representatives.invented_postcodes import EXAMPLES
from organising.representatives.models import Chamber
from organising.representatives.queries.parliaments import find_dissolved
from organising.representatives.services import AnswerKind, find_areas

from .blueprint import blueprint

ANYONE = "anyone may read an open page and write to their own MP"
FIND_YOUR_MP = "https://members.parliament.uk/FindYourMP"


@dataclass(frozen=True)
class Found:
    """Whom a postcode leads to, or why to nobody, in words."""

    member: Member | None = None
    reason: str = ""


@blueprint.route("/write/<organisation>/<slug>", methods=["GET", "POST"])
@public(ANYONE)
@own_context
@signing
def write(organisation: str, slug: str) -> AnyResponse:
    """The page in its three stages. A first and a repeated letter get the same answer, as does a program's."""
    with use_context(Context(subject=new_id())) as session:
        page, day = queries.get_writing_page(organisation, slug), today()
        dissolved = find_dissolved(Chamber.COMMONS, day)
        if not page.is_open or dissolved is not None:
            status = 409 if request.method == "POST" else 200
            return _answer(page, "closed", status, dissolved=dissolved)
        step = request.form.get("step", "") if request.method == "POST" else ""
        if step == "find":
            return _find(page, day)
        if step in ("read", "send"):
            return _read_or_send(page, day, session.info["context"], sends=step == "send")
        return _answer(page, "start", postcode_form=PostcodeForm(formdata=None))


@blueprint.get("/write/<organisation>/<slug>/check-your-email")
@public(ANYONE)
@own_context
def check_email(organisation: str, slug: str) -> str:
    """After sending: the same for everyone."""
    with use_context(ANONYMOUS):
        page = queries.get_writing_page(organisation, slug)
        return render_template("letters/check_email.html", page=page, campaign=page.campaign, texts=texts)


@blueprint.get("/advice")
@public("advice is for whoever needs it")
def advice() -> str:
    """Where to turn with a question about one's own or somebody's status: never a letter to an MP."""
    return render_template("letters/advice.html")


def _find(page: WritingPage, day: date) -> AnyResponse:
    form = PostcodeForm()
    if not form.validate():
        return _answer(page, "start", 422, postcode_form=form)
    found = _member_at(form.postcode.data or "", day)
    if found.member is None:
        return _answer(page, "start", 422, postcode_form=form, reason=found.reason)
    letter = LetterForm(formdata=None, postcode=form.postcode.data, subject=page.subject)
    letter.restart()
    return _answer(page, "write", member=found.member, form=letter)


def _read_or_send(page: WritingPage, day: date, context: Context, *, sends: bool) -> AnyResponse:
    form = LetterForm()
    if form.is_trap_sprung:
        return _sent(page)
    valid = form.validate()
    found = _member_at(form.postcode.data or "", day)
    if found.member is None:
        start = PostcodeForm(formdata=None, postcode=form.postcode.data)
        return _answer(page, "start", 422, postcode_form=start, reason=found.reason)
    if valid:
        valid = _check(form, found.member)
    if not valid:
        return _answer(page, "write", 422, member=found.member, form=form)
    cautions = form.ask_about()
    if sends and not cautions and found.member.address is not None:
        assert context.subject is not None
        writing.write(context.subject, page, found.member, form.given())
        db.session.commit()
        return _sent(page)
    given = form.given()
    return _answer(
        page,
        "read",
        422 if sends else 200,
        member=found.member,
        form=form,
        cautions=cautions,
        alike=writing.is_alike(page, given.body),
        letter=letter_text(found.member.greeting, given.body, given.writer, writing.via_of(page)),
    )


def _check(form: LetterForm, member: Member) -> bool:
    try:
        writing.check_sendable(member, form.given())
    except Invalid as error:
        form.form_errors.append(error.message)
        return False
    return True


def _sent(page: WritingPage) -> AnyResponse:
    return redirect(url_for("letters.check_email", organisation=page.host.slug, slug=page.slug), 303)


def _member_at(postcode: str, day: date) -> Found:
    answer = find_areas(postcode, on=day)
    if answer.kind is not AnswerKind.FOUND or answer.constituency is None:
        return Found(reason=_why_nobody(answer.kind))
    member = queries.find_member_of(answer.constituency.id, on=day)
    if member is None:
        return Found(reason=_("Nobody sits for %(seat)s just now.", seat=answer.constituency.name))
    return Found(member)


def _why_nobody(kind: AnswerKind) -> str:
    """Why a postcode leads to nobody, in plain words."""
    if kind is AnswerKind.NORTHERN_IRELAND:
        return _("The list that we look postcodes up in covers Great Britain only, so we can’t tell your MP.")
    if kind is AnswerKind.CROWN_DEPENDENCY:
        return _(
            "Jersey, Guernsey and the Isle of Man have parliaments of their own, and no MP in Westminster."
        )
    if kind is AnswerKind.OVERSEAS:
        return _("Forces’ addresses and overseas territories lie in no constituency.")
    if kind is AnswerKind.TERMINATED:
        return _("This postcode is no longer in use. Enter the present one.")
    if kind is AnswerKind.NOT_A_POSTCODE:
        return _("Enter a full postcode such as E1 4NS.")
    if kind in (AnswerKind.UNAVAILABLE, AnswerKind.NO_TABLE):
        return _("We can’t look postcodes up just now. Please try again later.")
    return _("We don’t know this postcode. It may be new, or mistyped, and we don’t guess.")


def _answer(page: WritingPage, stage: str, status: int = 200, **values: object) -> AnyResponse:
    given: dict[str, object] = {
        "postcode_form": None,
        "form": None,
        "member": None,
        "reason": "",
        "cautions": [],
        "dissolved": None,
    }
    body = render_template(
        "letters/write.html",
        page=page,
        campaign=page.campaign,
        stage=stage,
        texts=texts,
        find_your_mp=FIND_YOUR_MP,
        examples=EXAMPLES if current_app.config["SETTINGS"].demo else (),
        action=url_for("letters.write", organisation=page.host.slug, slug=page.slug),
        **(given | values),
    )
    response = make_response(body, status)
    if stage in ("write", "read"):
        # It holds what somebody has written: no cache keeps it.
        response.headers["Cache-Control"] = "no-store"
    return response
