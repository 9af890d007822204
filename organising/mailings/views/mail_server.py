"""The organisation's own mail server: set, tested, used or not, and forgotten."""

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.mailings.forms import ServerForm
from organising.mailings.queries.identities import find_mail_server
from organising.mailings.services import mail_servers as services
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission

from . import blueprint


@blueprint.route("/senders/server", methods=["GET", "POST"])
@requires(Permission.MAILINGS_SEND)
def mail_server() -> Response | str | tuple[str, int]:
    """Set the server that mailings from own addresses leave through."""
    actor = current_actor()
    server = find_mail_server()
    form = ServerForm()
    if form.validate_on_submit():
        try:
            services.keep_server(actor, form.details())
        except Invalid as invalid:
            db.session.rollback()
            form.show(invalid)
            server = find_mail_server()
        else:
            db.session.commit()
            flash(_("Saved. Now test it: mailings leave through it once it has answered well."), "success")
            return redirect(url_for("mailings.mail_server"), 303)
    elif not form.is_submitted():
        form.fill(server)
    rendered = render_template(
        "mailings/mail_server.html",
        actor=actor,
        form=form,
        server=server,
        allowed=current_app.config["SETTINGS"].mail_hosts,
    )
    return (rendered, 422) if form.errors else rendered


@blueprint.post("/senders/server/test")
@requires(Permission.MAILINGS_SEND)
def test_mail_server() -> Response:
    """Try it, and show what it answered."""
    server = services.check_server(current_actor())
    passed, answer = server.test_passed, server.test_answer
    db.session.commit()
    if passed:
        flash(_("It answered well: %(answer)s", answer=answer), "success")
    else:
        flash(_("It did not work. It answered: %(answer)s", answer=answer), "error")
    return redirect(url_for("mailings.mail_server"), 303)


@blueprint.post("/senders/server/use")
@requires(Permission.MAILINGS_SEND)
def use_mail_server() -> Response:
    """From now on, mailings from own addresses leave through it."""
    services.use_server(current_actor(), use=True)
    db.session.commit()
    flash(_("Mailings from your own addresses now leave through it, and through no other server."), "success")
    return redirect(url_for("mailings.mail_server"), 303)


@blueprint.post("/senders/server/use/removal")
@requires(Permission.MAILINGS_SEND)
def stop_using_mail_server() -> Response:
    """From now on, they leave through the installation's."""
    services.use_server(current_actor(), use=False)
    db.session.commit()
    flash(_("Mailings now leave through the installation’s server."), "success")
    return redirect(url_for("mailings.mail_server"), 303)


@blueprint.post("/senders/server/removal")
@requires(Permission.MAILINGS_SEND)
def remove_mail_server() -> Response:
    """Forget it and its password."""
    services.remove_server(current_actor())
    db.session.commit()
    flash(_("Forgotten. Mailings leave through the installation’s server."), "success")
    return redirect(url_for("mailings.senders"), 303)
