"""The corpus: every file made to hurt is refused, or kept without what was in it. Each is read as in the product, by a child."""

import zipfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from organising.files.content.findings import Clean, Refusal
from organising.files.content.reading import read_content
from organising.files.kinds import MATERIALS, PICTURES, FileKind
from organising.files.words import REASONS
from tests.support.uploads import altered, animation, office, picture, to_clean, to_refuse

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
    try:
        return read_content(content, name.rpartition(".")[2], kinds)
    except Refusal as refusal:
        return refusal.reason


def read_each(corpus: dict[str, tuple[str, bytes]]) -> dict[str, Clean | str]:
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(corpus, pool.map(lambda one: read(*one), corpus.values()), strict=True))


def unpacked(clean: Clean) -> bytes:
    """All that is in it, as a reader would come upon it."""
    if clean.kind is FileKind.PDF:
        with pikepdf.open(BytesIO(clean.content)) as document:
            streams = [one.read_raw_bytes() for one in document.objects if isinstance(one, pikepdf.Stream)]
            shown = b"".join(one.unparse(resolved=True) for one in document.objects)
            return shown + b"".join(streams) + clean.content[-64:]
    if clean.kind is FileKind.DOCX:
        with zipfile.ZipFile(BytesIO(clean.content)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    return clean.content


def test_every_file_made_to_hurt_is_refused_with_a_reason():
    corpus = to_refuse()
    answers = read_each(corpus)
    assert {title: one for title, one in answers.items() if not isinstance(one, str)} == {}
    assert all(one in REASONS for one in answers.values())
    assert len(answers) == len(corpus) == 34


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_altered_document_is_called_damaged_however_it_is_packed(method):
    assert read("paper.docx", altered(office(), method)) == "damaged"


def test_every_other_is_kept_without_what_was_hidden_in_it():
    corpus = to_clean()
    answers = read_each(corpus)
    assert {title: one for title, one in answers.items() if isinstance(one, str)} == {}
    found = {
        title: mark
        for title, one in answers.items()
        for mark in TELLING
        if mark.lower() in unpacked(one).lower() and title != "table with formulas"
    }
    assert found == {}
    assert answers["table with formulas"].content.startswith(b"name,sum\r\nAnn,\"'=HYPERLINK")
    assert b"Harmless words" in unpacked(answers["document that names its author"])
    assert len(answers) == len(corpus) == 20


def test_a_picture_is_upright_still_and_no_larger_than_a_screen():
    turned = read("p.jpg", to_clean()["photograph with its place"][1])
    assert (turned.kind, turned.width, turned.height) == (FileKind.JPEG, 800, 1200)
    assert not Image.open(BytesIO(turned.content)).getexif()
    assert max(Image.open(BytesIO(turned.small)).size) == 480
    assert Image.open(BytesIO(read("p.gif", animation()).content)).n_frames == 1
    assert max(Image.open(BytesIO(read("p.jpg", picture(size=(5000, 300))).content)).size) == 2400


def test_what_is_good_is_still_not_kept_where_only_pictures_are():
    assert read("a.txt", b"Words.", PICTURES) == "not_wanted"
    assert read("p.png", picture("PNG"), PICTURES).kind is FileKind.PNG
