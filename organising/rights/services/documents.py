"""A document of the desk in three forms: JSON for programs, HTML to read, PDF to print. Made when it is asked for; never kept."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from flask import render_template
from flask_babel import gettext as _

from organising.platform.pdf import make_pdf
from organising.platform.people import Section
from organising.platform.places import shipped
from organising.platform.ui import long_datetime, longdate


class Form(StrEnum):
    JSON = "json"
    HTML = "html"
    PDF = "pdf"


TYPES = {
    Form.JSON: "application/json",
    Form.HTML: "text/html; charset=utf-8",
    Form.PDF: "application/pdf",
}


@dataclass(frozen=True)
class Document:
    """What is told, by whom and when. ``intro`` are paragraphs."""

    title: str
    organisation: str
    made_at: datetime
    intro: tuple[str, ...]
    sections: Sequence[Section]


def render(document: Document, form: Form) -> bytes:
    """The document's bytes."""
    if form is Form.JSON:
        return json.dumps(asdict(document), default=_as_text, ensure_ascii=False, indent=2).encode()
    if form is Form.HTML:
        return render_template("rights/document.html", document=document).encode()
    return make_pdf(shipped("templates") / "rights" / "document.typ", _values(document))


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _values(document: Document) -> dict[str, object]:
    return {
        "title": document.title,
        "organisation": document.organisation,
        "made": _("Made on %(moment)s", moment=long_datetime(document.made_at)),
        "intro": list(document.intro),
        "sections": [
            {
                "title": section.title,
                "items": [
                    {
                        "title": item.title,
                        "at": longdate(item.at) if item.at else "",
                        "facts": [list(fact) for fact in item.facts],
                    }
                    for item in section.items
                ],
            }
            for section in document.sections
        ],
    }
