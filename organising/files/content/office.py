"""Office documents packed anew: no macro, no program, no foreign file, nothing fetched, and nobody's name in the properties."""

import re

from ...platform.pictures import NotAPicture, made_anew
from ..kinds import FileKind
from .archives import read_parts, write_parts
from .findings import Clean, Refusal
from .jpegs import without_details

TYPES, MIMETYPE = "[Content_Types].xml", "mimetype"
OPEN_XML = "application/vnd.openxmlformats-officedocument."
MAIN = {
    OPEN_XML + "wordprocessingml.document.main+xml": FileKind.DOCX,
    OPEN_XML + "spreadsheetml.sheet.main+xml": FileKind.XLSX,
    OPEN_XML + "presentationml.presentation.main+xml": FileKind.PPTX,
}
OPEN_DOCUMENT = (FileKind.ODT, FileKind.ODS, FileKind.ODP)
MACROS = ("vbaproject", "vbadata", "vbaprojectsignature", "macrosheets/", "dialogsheets/")
MACROS_ODF = ("basic/", "scripts/")
EMBEDDED = ("embeddings/", "activex/", "ctrlprops/", "oleobject")
XML = (".xml", ".rels", ".rdf")
# A link that one follows is none that is fetched by itself.
FETCHED = re.compile(rb"<Relationship\b(?=[^>]*TargetMode\s*=\s*[\"']External)[^>]*>", re.IGNORECASE)
FOLLOWED = re.compile(rb"relationships/hyperlink[\"']", re.IGNORECASE)
RUNS = re.compile(
    rb"instrText[^>]*>[^<]*\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE)\b|<ddeLink|script:event-listener|<office:script\b",
    re.IGNORECASE,
)
CORE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties '
    b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties '
    b'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
CUSTOM = APP.replace(b"extended-properties", b"custom-properties")
META = (
    b'<?xml version="1.0" encoding="UTF-8"?><office:document-meta '
    b'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3"/>'
)
UNSAID = {
    "docprops/core.xml": CORE,
    "docprops/app.xml": APP,
    "docprops/custom.xml": CUSTOM,
    "meta.xml": META,
}


def clean_office(content: bytes) -> Clean:
    """The document anew. Raises :class:`Refusal`."""
    parts = read_parts(content)
    kind = _kind(parts)
    odf = kind in OPEN_DOCUMENT
    for name, part in parts.items():
        _check_name(name.lower(), odf)
        if name.lower().endswith(XML):
            _check_xml(part)
        elif name.lower().endswith(".svg"):
            _check_drawing(part)
    kept = {name: _unsaid(name, part, odf) for name, part in parts.items()}
    return Clean(kind, write_parts(kept, first=MIMETYPE if odf else ""))


def _kind(parts: dict[str, bytes]) -> FileKind:
    """What it is by what it says inside."""
    if TYPES in parts:
        types = parts[TYPES].decode("utf-8", "replace")
        if "macroenabled" in types.lower() or "vbaproject" in types.lower():
            raise Refusal("macros")
        found = [kind for main, kind in MAIN.items() if f'"{main}"' in types]
        if len(found) == 1:
            return found[0]
    elif MIMETYPE in parts:
        said = parts[MIMETYPE].decode("ascii", "replace").strip()
        if said in OPEN_DOCUMENT and "content.xml" in parts:
            return FileKind(said)
    raise Refusal("archive")


def _check_name(name: str, odf: bool) -> None:
    if any(mark in name for mark in MACROS) or (odf and name.startswith(MACROS_ODF)):
        raise Refusal("macros")
    if any(mark in name for mark in EMBEDDED) or name.endswith(
        (".exe", ".dll", ".js", ".vbs", ".bat", ".html")
    ):
        raise Refusal("embedded")


def _check_xml(part: bytes) -> None:
    # Another encoding would hide a word from who looks for it; neither format's programs write one.
    if part.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in part:
        raise Refusal("damaged")
    if b"<!DOCTYPE" in part.upper() or b"<!ENTITY" in part.upper():
        raise Refusal("too_large_inside")
    if RUNS.search(part):
        raise Refusal("macros")
    if any(not FOLLOWED.search(one) for one in FETCHED.findall(part)):
        raise Refusal("outside")


def _check_drawing(part: bytes) -> None:
    low = part.lower()
    if b"<script" in low or b"javascript:" in low or b"<!entity" in low or re.search(rb"\son\w+\s*=", low):
        raise Refusal("svg")


def _unsaid(name: str, part: bytes, odf: bool) -> bytes:
    """A part without who wrote it, where and when."""
    low = name.lower()
    if low in UNSAID and (odf or low != "meta.xml"):
        return UNSAID[low]
    if low.endswith((".jpg", ".jpeg")):
        return without_details(part)
    if low.endswith(".png") and part.startswith(b"\x89PNG"):
        return _plain_png(part)
    return part


def _plain_png(part: bytes) -> bytes:
    try:
        return made_anew(part, keep_transparency=True).content
    except NotAPicture:
        raise Refusal("damaged") from None
