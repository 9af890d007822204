"""What is kept of what is good, read as in the product by a child. The corpus of files made to hurt: tests/web/test_doors.py."""

import zipfile
from io import BytesIO

import pytest
from PIL import Image

from organising.files.kinds import PICTURES, FileKind
from tests.support.uploads import altered, animation, office, picture, read, to_clean


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_altered_document_is_called_damaged_however_it_is_packed(method):
    assert read("paper.docx", altered(office(), method)) == "damaged"


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
