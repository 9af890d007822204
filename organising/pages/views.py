"""Today, help, the campaign's public page, health, and the pages for development."""

from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from ..config import Mode, Settings
from ..platform.access import (
    Readers,
    current_actor,
    find_actor,
    owes_second_factor,
    public,
    requires,
    signed_in,
    to_second_factor,
)
from ..platform.clock import now
from ..platform.clock import today as clock_today
from ..platform.db import db
from ..platform.embedded.catcher import list_caught, read_caught
from ..platform.errors import NotFound
from ..platform.given import as_instant
from ..platform.permissions import Permission
from ..tasks.services import note_look
from . import queries
from .health import check_readiness
from .news import partners_news

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@public("a visitor is shown the campaign, a member their day", readers=Readers.BOTH)
def today() -> Response | str:
    if owes_second_factor():
        return to_second_factor()
    if find_actor() is None:
        return redirect(url_for("pages.campaign"), 303)  # type: ignore[return-value]
    day = format_date(clock_today(), "EEEE d MMMM")
    return render_template("pages/today.html", today=queries.get_today(current_actor()), now_in_words=day)


@blueprint.get("/partners")
@requires(Permission.CAMPAIGN_VIEW)
def partners() -> str:
    """What partners did since one last looked."""
    return render_template("pages/partners.html", news=partners_news(current_actor()), at=now().isoformat())


@blueprint.post("/partners/seen")
@requires(Permission.CAMPAIGN_VIEW)
def look() -> Response:
    """All that the page showed is seen; what came since it was opened is not."""
    note_look(current_actor(), as_instant(request.form.get("at")))
    db.session.commit()
    return redirect(url_for("pages.partners"), 303)  # type: ignore[return-value]


@blueprint.get("/campaign")
@public("what the coalition asks is published")
def campaign() -> str:
    published = queries.find_published_campaign()
    return render_template("pages/campaign.html", published=published, sectors=_sectors())


def _sectors() -> dict[str, str]:
    """The asks' sectors in the reader's language; the asks themselves stand as they were published."""
    return {
        "all": _("Every service"),
        "education": _("Education"),
        "health": _("Health"),
        "police": _("Police"),
        "data protection": _("Data protection"),
    }


@blueprint.get("/help")
@public("anyone may read how it works", readers=Readers.BOTH)
def help() -> str:
    return render_template("pages/help.html")


@blueprint.get("/who-can-see-what")
@public("the promise is worth something only where all may read it", readers=Readers.BOTH)
def who_can_see() -> str:
    return render_template("pages/who_can_see.html")


@blueprint.get("/healthz")
@public("a balancer has no account", readers=Readers.STAFF)
def healthz() -> Response:
    return jsonify(status="alive")


@blueprint.get("/readyz")
@public("a balancer has no account", readers=Readers.STAFF)
def readyz() -> tuple[Response, int]:
    readiness = check_readiness()
    return jsonify(readiness.parts), 200 if readiness.is_ready else 503


@blueprint.get("/dev/mail")
@public("there is a catcher on loopback only, and it holds this machine's own mail", readers=Readers.STAFF)
def caught_mail() -> str:
    before = request.args.get("before")
    caught = list_caught(_catcher(), limit=26, before=before)
    more = caught[25].name if len(caught) > 25 else None
    return render_template(
        "pages/caught_mail.html", caught=caught[:25], more=more, last=caught[24].name if more else None
    )


@blueprint.get("/dev/mail/<name>")
@public("there is a catcher on loopback only, and it holds this machine's own mail", readers=Readers.STAFF)
def caught_message(name: str) -> str:
    try:
        message = read_caught(_catcher(), name)
    except (FileNotFoundError, ValueError):
        raise NotFound from None
    return render_template("pages/caught_message.html", message=message)


@blueprint.get("/dev/components")
@signed_in("development only; it shows no row of anybody's")
def components() -> str:
    if _settings().mode is Mode.PRODUCTION:
        raise NotFound
    return render_template("dev/components.html")


def _catcher() -> Path:
    directory = _settings().mail_catcher_dir
    if directory is None:
        raise NotFound
    return directory


def _settings() -> Settings:
    found = current_app.config["SETTINGS"]
    assert isinstance(found, Settings)
    return found
