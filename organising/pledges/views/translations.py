"""A drive's text in other languages: how far each is, and its editor beside the English."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from ...platform.access import current_actor, requires
from ...platform.db import db, get_or_404
from ...platform.differences import compare_texts
from ...platform.errors import Conflict, Invalid, NotFound
from ...platform.permissions import Permission
from ..drive_forms import TranslationForm, choices_field, label_field
from ..models import PledgeDrive, Translated
from ..queries import (
    DriveText,
    Question,
    find_newest_translation,
    find_text,
    get_text,
    list_newest_questions,
    list_questions,
    list_translations,
    whole_text,
)
from ..services.translations import save_question_text, save_translation
from ..texts import language_labels
from .blueprint import blueprint, settings


@blueprint.get("/pledges/drives/<uuid:drive_id>/languages")
@requires(Permission.CAMPAIGN_EDIT)
def translations(drive_id: UUID) -> str:
    """Which languages the pledge can be read in, and which of them lag behind the English."""
    drive = get_or_404(PledgeDrive, drive_id)
    return render_template(
        "pledges/translations.html",
        **settings(drive, "translations"),
        translations=[
            (one, sum(asked.language != one.language for asked in list_questions(drive, one.language)))
            for one in list_translations(drive)
        ],
        languages=language_labels(),
    )


@blueprint.route("/pledges/drives/<uuid:drive_id>/languages/<language>", methods=["GET", "POST"])
@requires(Permission.CAMPAIGN_EDIT)
def translate(drive_id: UUID, language: str) -> AnyResponse:
    """Write the text in one language, beside the English and what changed in it since."""
    drive = get_or_404(PledgeDrive, drive_id)
    if language not in list(Translated):
        raise NotFound
    questions = list_newest_questions(drive, language)
    form = TranslationForm.about(questions)()
    if request.method == "GET":
        form.fill(find_newest_translation(drive, language), questions)
        form.version.data = str(drive.wording_version)
    elif form.validate():
        try:
            changed = _save(drive, Translated(language), form, questions)
            db.session.commit()
        except (Conflict, Invalid) as error:
            db.session.rollback()
            form.form_errors.append(error.message)
            form.version.data = str(get_or_404(PledgeDrive, drive_id).wording_version)
        else:
            flash(_("Saved. The public page shows it.") if changed else _("Nothing changed."), "success")
            return redirect(url_for("pledges.translations", drive_id=drive_id), 303)
    return make_response(_page(drive_id, language, form, questions), 422 if form.errors else 200)


def _save(drive: PledgeDrive, language: Translated, form: TranslationForm, questions: list[Question]) -> bool:
    actor = current_actor()
    version = int(form.version.data or 0) if (form.version.data or "").isdigit() else 0
    changed = [save_translation(actor, drive, language, form.given, version)]
    for question in questions:
        changed.append(save_question_text(actor, drive, question, language, *form.of_question(question)))
    return any(changed)


def _page(drive_id: UUID, language: str, form: TranslationForm, questions: list[Question]) -> str:
    drive = get_or_404(PledgeDrive, drive_id)
    english, newest = get_text(drive), find_newest_translation(drive, language)
    return render_template(
        "pledges/translate.html",
        **settings(drive, "translations"),
        form=form,
        language=None,
        code=language,
        name=language_labels()[language],
        english=english,
        newest=newest,
        changes=_changes(drive, newest, english),
        questions=[
            (
                question,
                form[label_field(question)],
                form[choices_field(question)] if question.is_choice else None,
            )
            for question in questions
        ],
    )


def _changes(drive: PledgeDrive, newest: DriveText | None, english: DriveText) -> list[tuple[str, str]]:
    """What changed in English since the version that the translation is of."""
    if newest is None or newest.version == english.version:
        return []
    before = find_text(drive.id, newest.version, english.language)
    return list(compare_texts(whole_text(before), whole_text(english))) if before else []
