"""Kinds of files and reasons of refusals, in words."""

from flask_babel import lazy_gettext as _l

from .kinds import FileKind

KINDS = {
    FileKind.JPEG: _l("Picture"),
    FileKind.PNG: _l("Picture"),
    FileKind.PDF: _l("PDF"),
    FileKind.DOCX: _l("Document"),
    FileKind.XLSX: _l("Spreadsheet"),
    FileKind.PPTX: _l("Slides"),
    FileKind.ODT: _l("Document"),
    FileKind.ODS: _l("Spreadsheet"),
    FileKind.ODP: _l("Slides"),
    FileKind.TEXT: _l("Text"),
    FileKind.CSV: _l("Table (CSV)"),
}

REASONS = {
    "empty": _l("This file is empty."),
    "unknown": _l("This is no kind of file that can be kept here, whatever its name says."),
    "not_wanted": _l("This kind of file is not for here."),
    "damaged": _l("This file is damaged or incomplete. Save it again and send that."),
    "too_large_inside": _l(
        "This file is small on the outside and far too large inside. It can’t be kept safely."
    ),
    "too_many_pixels": _l("This picture has more pixels than any camera’s. Save it smaller and send that."),
    "heic": _l(
        "This photograph is in Apple’s HEIC format. Send it as JPEG: in the phone’s camera settings choose “Most compatible”."
    ),
    "svg": _l("SVG drawings can hold scripts. Save it as PNG and send that."),
    "markup": _l("Web pages can hold scripts. Print it as PDF and send that."),
    "program": _l("This is a program, not a document."),
    "archive": _l("Archives are not taken. Send the files in it one by one."),
    "old_office": _l(
        "This is an older Office file, which can hold macros. Save it as .docx, .xlsx, .pptx or PDF and send that."
    ),
    "macros": _l("This document holds macros. Save it without them (.docx, .xlsx, .pptx) and send that."),
    "embedded": _l("Another file is hidden in this document. Take it out, or save it as PDF, and send that."),
    "outside": _l(
        "This document fetches something from another place when it is opened. Take that out, or save it as PDF."
    ),
    "locked": _l(
        "This file is locked with a password, so nobody can check what is in it. Save it without one."
    ),
    "text": _l("This is no plain text. Save it as UTF-8 text and send that."),
    "too_slow": _l("This file could not be checked in time. Save it anew, or smaller, and send that."),
}
