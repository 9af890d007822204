"""What may be kept, told by content alone. A caller says which of it: ``kinds=PICTURES``."""

from enum import StrEnum

MB = 2**20
# A request may hold 16 MB; the rest is what stands around the file in its form.
MOST_BYTES = 15 * MB


class FileKind(StrEnum):
    """A kind of file as it is kept, by its media type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    ODT = "application/vnd.oasis.opendocument.text"
    ODS = "application/vnd.oasis.opendocument.spreadsheet"
    ODP = "application/vnd.oasis.opendocument.presentation"
    TEXT = "text/plain"
    CSV = "text/csv"


PICTURES = frozenset({FileKind.JPEG, FileKind.PNG})
OFFICE = frozenset({FileKind.DOCX, FileKind.XLSX, FileKind.PPTX, FileKind.ODT, FileKind.ODS, FileKind.ODP})
DOCUMENTS = frozenset({FileKind.PDF, *OFFICE})
TEXTS = frozenset({FileKind.TEXT, FileKind.CSV})
# What a stall, a meeting or a member may need: leaflets, photographs, briefings, lists.
MATERIALS = PICTURES | DOCUMENTS | TEXTS

ENDINGS = {
    FileKind.JPEG: ".jpg",
    FileKind.PNG: ".png",
    FileKind.PDF: ".pdf",
    FileKind.DOCX: ".docx",
    FileKind.XLSX: ".xlsx",
    FileKind.PPTX: ".pptx",
    FileKind.ODT: ".odt",
    FileKind.ODS: ".ods",
    FileKind.ODP: ".odp",
    FileKind.TEXT: ".txt",
    FileKind.CSV: ".csv",
}
# What a picture may come as; a phone that keeps another kind turns it into one of these when it is asked for them.
PICTURE_SOURCES = ("image/jpeg", "image/png", "image/webp", "image/gif")


def accepted(kinds: frozenset[FileKind]) -> str:
    """The ``accept`` attribute of an upload field for these kinds."""
    pictures = PICTURE_SOURCES if kinds & PICTURES else ()
    return ",".join([*pictures, *sorted(ENDINGS[kind] for kind in kinds - PICTURES)])
