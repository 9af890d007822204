"""PDF written anew: only what its pages reach, and nothing that runs, opens, sends, or is a file of its own."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from ..kinds import FileKind
from .findings import Clean, Refusal
from .jpegs import without_details

MOST_PAGES = 1_000
MOST_OBJECTS = 200_000
DEEPEST = 60
TAIL = 2048
# Actions: moving within the document and opening an address stay.
ACTIONS = {
    f"/{name}"
    for name in [
        "JavaScript",
        "Launch",
        "SubmitForm",
        "ImportData",
        "GoToE",
        "GoToR",
        "Rendition",
        "Movie",
        "Sound",
        "RichMediaExecute",
        "GoTo3DView",
        "Thread",
    ]
}
ANNOTATIONS = {f"/{name}" for name in ("FileAttachment", "RichMedia", "3D", "Screen", "Movie", "Sound")}
# Keys that make something happen, hold a file, or say who wrote it with what.
KEYS = tuple(
    f"/{name}"
    for name in [
        "AA",
        "JS",
        "JavaScript",
        "EmbeddedFiles",
        "EmbeddedFile",
        "EF",
        "AF",
        "XFA",
        "Metadata",
        "PieceInfo",
        "Collection",
        "LastModified",
    ]
)
SCHEMES = ("http:", "https:", "mailto:", "tel:")


def clean_pdf(content: bytes) -> Clean:
    """The document anew. Raises :class:`Refusal`."""
    if b"%%EOF" not in content[-TAIL:]:
        raise Refusal("damaged")
    try:
        with pikepdf.open(BytesIO(content)) as document:
            return Clean(FileKind.PDF, _anew(document))
    except pikepdf.PasswordError:
        raise Refusal("locked") from None
    except (pikepdf.PdfError, ValueError, RuntimeError, TypeError, KeyError, AttributeError):
        raise Refusal("damaged") from None


def _anew(document: pikepdf.Pdf) -> bytes:
    if not 1 <= len(document.pages) <= MOST_PAGES or len(document.objects) > MOST_OBJECTS:
        raise Refusal("too_large_inside" if len(document.pages) else "damaged")
    _quiet(document.Root.get("/OpenAction"), 0)
    for one in document.objects:
        _quiet(one, 0)
        if isinstance(one, Stream) and one.get("/Subtype") == Name.Image:
            _leave_details(one)
    if "/Info" in document.trailer:
        del document.trailer["/Info"]
    made = BytesIO()
    # The same document sent twice is the same bytes: whoever keeps it knows it again.
    document.save(made, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return made.getvalue()


def _quiet(one: Object | None, depth: int) -> None:
    """Take out of an object, and of what it holds directly, all that acts. What it points at has its own turn."""
    if depth > DEEPEST:
        raise Refusal("too_large_inside")
    if isinstance(one, Array):
        for place in reversed(range(len(one))):
            if _is_unwanted(one[place]):
                del one[place]
            else:
                _go_on(one[place], depth)
    elif isinstance(one, Dictionary | Stream):
        _quiet_entries(one, depth)


def _quiet_entries(one: Any, depth: int) -> None:
    if str(one.get("/S", "")) in ACTIONS or _leads_astray(one):
        _empty(one, (key for key in one.keys() if key not in ("/Length", "/Filter")))  # noqa: SIM118 (no mapping)
    _empty(one, (key for key in KEYS if key in one))
    for key in list(one.keys()):
        _go_on(one[key], depth)


def _go_on(child: Any, depth: int) -> None:
    if isinstance(child, Object) and not child.is_indirect:
        _quiet(child, depth + 1)


def _empty(one: Any, keys: Iterable[str]) -> None:
    for key in list(keys):
        del one[key]


def _leads_astray(one: Any) -> bool:
    address = one.get("/URI")
    return isinstance(address, pikepdf.String) and not str(address).strip().lower().startswith(SCHEMES)


def _is_unwanted(child: Any) -> bool:
    return isinstance(child, Dictionary) and str(child.get("/Subtype", "")) in ANNOTATIONS


def _leave_details(picture: Any) -> None:
    filters = picture.get("/Filter")
    names = [str(one) for one in filters] if isinstance(filters, Array) else [str(filters)]
    if names == ["/DCTDecode"]:
        raw = picture.read_raw_bytes()
        plain = without_details(raw)
        if plain != raw:
            picture.write(plain, filter=Name.DCTDecode, decode_parms=picture.get("/DecodeParms"))
