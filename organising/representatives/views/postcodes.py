"""From a postcode to who represents it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, render_template, request
from flask_babel import format_date
from flask_babel import gettext as _

from organising.platform.access import requires
from organising.platform.clock import today
from organising.platform.permissions import Permission
from organising.representatives import queries
from organising.representatives.forms import ConstituencyForm, PostcodeForm
from organising.representatives.invented_postcodes import EXAMPLES, FORMER
from organising.representatives.services import AnswerKind, PostcodeAnswer, find_areas
from organising.representatives.views.blueprint import blueprint
from organising.representatives.words import AREA_KINDS

LONGEST_POSTCODE = 40


@dataclass(frozen=True)
class Explanation:
    """Why there is no certain answer, and what to do."""

    title: str
    text: str
    tone: str = "warn"


@blueprint.get("/postcode")
@requires(Permission.REPRESENTATIVES_VIEW)
def postcode() -> str:
    """Who represents ``?q=`` a postcode, or ``?constituency=`` a seat chosen by name."""
    day, settings = today(), current_app.config["SETTINGS"]
    typed = (request.args.get("q") or "").strip()[:LONGEST_POSTCODE]
    answer = find_areas(typed) if typed else None
    chosen = ConstituencyForm(request.args)
    chosen.offer(queries.list_constituencies(on=day))
    seat = None
    if answer is None and chosen.constituency.data is not None:
        seat = queries.find_constituency(chosen.constituency.data, on=day)
    return render_template(
        "representatives/postcode.html",
        form=PostcodeForm(request.args),
        chosen=chosen,
        answer=answer,
        explanation=explain(answer) if answer else None,
        seat=answer.constituency if answer else seat,
        load=queries.find_newest_load(),
        asks_service=bool(settings.postcodes_url),
        kinds=AREA_KINDS,
        examples=EXAMPLES if settings.demo else (),
        former=FORMER,
    )


def explain(answer: PostcodeAnswer) -> Explanation | None:
    """The answer in plain words; None where the constituency is certain."""
    postcode = answer.postcode
    if answer.kind is AnswerKind.FOUND:
        return None
    if answer.kind is AnswerKind.TERMINATED:
        return _ended(answer)
    explanations = {
        AnswerKind.NOT_A_POSTCODE: (_("That is not a whole postcode"), answer.reason),
        AnswerKind.NOT_IN_TABLE: (
            _("%(postcode)s is not known here", postcode=postcode),
            _("It is written like a postcode, but is not in the list. It may be new, or mistyped. We don’t guess from its neighbours."),
        ),
        AnswerKind.NO_CONSTITUENCY: (
            _("%(postcode)s has no constituency", postcode=postcode),
            _("The postcode exists, but the list does not say where it lies. Many of these are PO boxes and large firms."),
        ),
        AnswerKind.UNKNOWN_CONSTITUENCY: (
            _("The constituency of %(postcode)s is not on record here", postcode=postcode),
            _("The list places it in %(code)s, and no constituency loaded here has that code. Tell whoever runs the server.", code=answer.code),
        ),
        AnswerKind.NORTHERN_IRELAND: (
            _("%(postcode)s is in Northern Ireland", postcode=postcode),
            _("The list loaded here covers Great Britain only, so the postcode can’t be looked up."),
        ),
        AnswerKind.CROWN_DEPENDENCY: (
            _("%(postcode)s is in %(place)s", postcode=postcode, place=answer.reason),
            _("Jersey, Guernsey and the Isle of Man have parliaments of their own, and no MP in Westminster."),
        ),
        AnswerKind.OVERSEAS: (
            _("%(postcode)s is overseas", postcode=postcode),
            _("Forces’ addresses and overseas territories lie in no constituency. Someone serving abroad votes where they are registered: ask them."),
        ),
        AnswerKind.NO_TABLE: (
            _("No postcodes are loaded yet"),
            _("Whoever runs the server loads them with “organising postcodes import FILE”, or names a look-up service in POSTCODES_URL."),
        ),
        AnswerKind.UNAVAILABLE: (
            _("%(postcode)s can’t be looked up now", postcode=postcode),
            _("It is not in the list loaded here, and the look-up service does not answer. Try again in a few minutes."),
        ),
    }  # fmt: skip
    return Explanation(*explanations[answer.kind])


def _ended(answer: PostcodeAnswer) -> Explanation:
    when = format_date(answer.terminated_on, "MMMM yyyy") if answer.terminated_on else ""
    title = _("%(postcode)s has not been in use since %(month)s", postcode=answer.postcode, month=when)
    if answer.constituency:
        return Explanation(
            title, _("Below is where it lay. Ask for the present postcode before you rely on it.")
        )
    return Explanation(title, _("Where it lay is not on record. Ask for the present postcode."))
