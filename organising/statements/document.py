"""A statement as a PDF: the text, every name under it, and which version of which day it is."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from organising.platform.links import address_of_page
from organising.platform.pdf import make_pdf
from organising.platform.places import shipped
from organising.platform.ui import longdate
from organising.statements.kinds import kind_words
from organising.statements.models import Statement, StatementVersion
from organising.statements.queries import Signatory


def make_document(
    statement: Statement,
    version: StatementVersion,
    signatories: Sequence[Signatory],
    *,
    mark: str = "",
    corrections: Sequence[StatementVersion] = (),
) -> bytes:
    """Typeset it. ``mark`` says what it is before it is released."""
    return typeset(describe(statement, version, signatories, mark=mark, corrections=corrections))


def typeset(values: dict[str, Any]) -> bytes:
    """The PDF of what :func:`describe` answers."""
    return make_pdf(shipped("templates") / "statements" / "statement.typ", values)


def describe(
    statement: Statement,
    version: StatementVersion,
    signatories: Sequence[Signatory],
    *,
    mark: str = "",
    corrections: Sequence[StatementVersion] = (),
) -> dict[str, Any]:
    """All that stands in it, as words."""
    day = statement.released_at or version.created_at
    is_out = statement.slug is not None and statement.released_at is not None and statement.is_public
    return {
        "kicker": kind_words(statement.kind),
        "day": longdate(day),
        "mark": mark,
        "headline": version.headline,
        "paragraphs": split_paragraphs(version.body),
        "corrections": [
            _("Corrected on %(day)s: %(note)s", day=longdate(one.created_at), note=one.note)
            for one in corrections
        ],
        "signed": _("Signed by"),
        "names": [
            {"who": ", ".join(part for part in (one.signatory, one.title) if part), "name": one.name}
            for one in signatories
            if one.withdrawn_at is None
        ],
        "withdrawn": [
            _("%(name)s took its name back on %(day)s.", name=one.name, day=longdate(one.withdrawn_at))
            for one in signatories
            if one.withdrawn_at is not None
        ],
        "foot": _("Version %(number)d, %(day)s", number=version.number, day=longdate(version.created_at)),
        "address": address_of_page("statements.published", slug=statement.slug) if is_out else "",
    }


def split_paragraphs(body: str) -> list[list[str]]:
    """The text's paragraphs, each as its lines."""
    return [part.split("\n") for part in body.split("\n\n") if part.strip()]
