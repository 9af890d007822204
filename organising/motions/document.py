"""A motion's text as a PDF and as plain text: to print, to hand in, to copy."""

from typing import Any

from organising.motions.text import MotionText
from organising.platform.pdf import make_pdf
from organising.platform.places import shipped


def typeset(
    text: MotionText,
    forum: str,
    *,
    kicker: str,
    foot: str,
    mark: str = "",
    briefing: tuple[str, str] = ("", ""),
) -> bytes:
    """Typeset it as the body of ``forum`` reads it. ``briefing``: its heading and its words, on a page of its own."""
    values: dict[str, Any] = {
        "kicker": kicker,
        "mark": mark,
        "title": text.title,
        "parts": [{"opening": part.opening, "clauses": part.clauses} for part in text.parts(forum)],
        "briefing_title": briefing[0],
        "briefing": [lines.split("\n") for lines in briefing[1].split("\n\n") if lines.strip()],
        "foot": foot,
    }
    return make_pdf(shipped("templates") / "motions" / "motion.typ", values)
