"""Files: the organisation's list, and the one place from which contents are given out."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from ..platform.access import cookieless, current_actor, public, requires, signed_in
from ..platform.db import db
from ..platform.errors import Invalid
from ..platform.pagination import page
from ..platform.permissions import Permission
from ..platform.tenancy import Context, bind_context
from . import queries
from .doors import FILES, refuse_elsewhere, takes_files
from .forms import UploadForm
from .kinds import MATERIALS, TEXTS, accepted
from .links import address_of_content, read_content_token
from .models import StoredFile
from .services import (
    address_of_file,
    delete_file,
    get_deletable,
    goes_at,
    open_version,
    remove_file,
    replace_file,
    restore_file,
)
from .uses import find_used
from .words import KINDS

blueprint = Blueprint("files", __name__)
PAGE = 50
SANDBOX = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@blueprint.record
def name_words(state: BlueprintSetupState) -> None:
    """What the macros of files need, wherever they are imported."""
    state.app.jinja_env.globals.update(
        file_kinds=KINDS, file_address=address_of_file, accepted_files=accepted
    )


blueprint.before_app_request(refuse_elsewhere)


@blueprint.get("/f/<token>")
@public("a signed address, given out for a while by a page that may show the file")
@cookieless
def content(token: str) -> Response:
    """The content, to be kept and never run: without a cookie, in a sandbox, as a file."""
    wanted = read_content_token(token)
    bind_context(db.session, Context(organisation_id=wanted.organisation_id))
    file, version, plain = open_version(wanted.version_id, small=wanted.small)
    kind = "image/jpeg" if wanted.small else version.kind
    answer = send_file(BytesIO(plain), mimetype=kind, as_attachment=True, download_name=file.name, etag=False)
    if version.kind in TEXTS:
        answer.content_type = f"{version.kind}; charset=utf-8"
    answer.headers.update(SANDBOX)
    answer.headers["Cache-Control"] = "private, max-age=900"
    return answer


@blueprint.get("/files")
@requires(Permission.FILES_VIEW)
def index() -> str:
    """All files of the organisation, the newest first; or those that were removed."""
    removed = bool(request.args.get("removed"))
    found = page(
        queries.select_files(removed=removed),
        order_by=[StoredFile.created_at, StoredFile.id],
        cursor=request.args.get("cursor"),
        size=PAGE,
        descending=True,
    )
    versions = queries.newest_versions(found.items)
    return render_template(
        "files/files.html",
        page=found,
        removed=removed,
        small={
            one.id: address_of_content(one.organisation_id, versions[one.id].id, small=True)
            for one in found.items
            if one.is_picture and one.id in versions and not removed
        },
        used=find_used([one.id for one in found.items]),
        filled=queries.count_filled(),
        most=current_app.config["SETTINGS"].files_quota,
        may_manage=current_actor().can(Permission.FILES_MANAGE),
        actor=current_actor(),
    )


@blueprint.get("/files/<uuid:file_id>")
@signed_in("whoever added it, sees all files, or may open a page on which it hangs")
def show(file_id: UUID) -> AnyResponse:
    """On to the file's content, at an address that is good for a while."""
    file = queries.get_visible(current_actor(), file_id)
    number = request.args.get("version", type=int)
    return redirect(address_of_file(file, version=number), 303)


@blueprint.route("/files/<uuid:file_id>/versions", methods=["GET", "POST"])
@requires(Permission.FILES_VIEW)
@takes_files(FILES)
def versions(file_id: UUID) -> Any:
    """A file's versions, each to be opened; and a form for the next."""
    actor = current_actor()
    file, form = queries.get_visible(actor, file_id), UploadForm()
    if form.validate_on_submit():
        try:
            replace_file(actor, file_id, form.file.data.stream, form.file.data.filename or "")
        except Invalid as refusal:
            db.session.rollback()
            file = queries.get_visible(actor, file_id)
            form.file.errors = [*form.file.errors, *refusal.details.values()]
        else:
            db.session.commit()
            flash(_("Version %(number)d is the newest now.", number=file.version), "success")
            return redirect(url_for(".versions", file_id=file_id), 303)
    shown = render_template(
        "files/versions.html",
        file=file,
        versions=queries.list_versions(file),
        form=form,
        accept=accepted(MATERIALS),
    )
    return (shown, 422) if form.errors else shown


@blueprint.post("/files/<uuid:file_id>/removal")
@signed_in("whoever added it, or an admin")
def remove(file_id: UUID) -> AnyResponse:
    """Take it from all lists and pages; the list offers the way back."""
    file = remove_file(current_actor(), file_id)
    db.session.commit()
    flash(_("“%(name)s” is removed. It can be put back for 30 days.", name=file.name), "success")
    return _back()


@blueprint.post("/files/<uuid:file_id>/removal/undo")
@signed_in("whoever added it, or an admin")
def put_back(file_id: UUID) -> AnyResponse:
    """Put it back."""
    file = restore_file(current_actor(), file_id)
    db.session.commit()
    flash(_("“%(name)s” is back.", name=file.name), "success")
    return _back()


@blueprint.get("/files/<uuid:file_id>/deletion")
@signed_in("whoever added it, or an admin")
def ask_to_delete(file_id: UUID) -> str:
    """Say what would go, and ask."""
    file = get_deletable(current_actor(), file_id)
    return render_template("files/deletion.html", file=file, goes_at=goes_at(file))


@blueprint.post("/files/<uuid:file_id>/deletion")
@signed_in("whoever added it, or an admin")
def delete_for_good(file_id: UUID) -> AnyResponse:
    """Let a removed file go for good."""
    delete_file(current_actor(), file_id)
    db.session.commit()
    flash(_("Deleted for good."), "success")
    return redirect(url_for(".index", removed=1), 303)


def _back() -> AnyResponse:
    seen = current_actor().can(Permission.FILES_VIEW)
    return redirect(url_for(".index") if seen else url_for("pages.today"), 303)
