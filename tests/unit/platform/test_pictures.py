"""Pictures made anew: nothing of the file but its pixels, upright, and nothing that is no picture."""

from io import BytesIO

import pytest
from PIL import Image

from organising.platform.pictures import NotAPicture, made_anew


def photograph(kind: str = "JPEG", size: tuple[int, int] = (300, 200)) -> bytes:
    """As a phone takes it: turned on its side, with the place, the device and a comment in it."""
    tags = Image.Exif()
    tags[0x0112], tags[0x010F], tags[0x9286] = 6, "CanaryPhone", "Canary Neverwas, E1 4NS"
    tags.get_ifd(0x8825)[2] = (51.5, 30.0, 0.0)
    made = BytesIO()
    Image.new("RGB", size, "navy").save(made, kind, exif=tags, **({} if kind == "PNG" else {"quality": 90}))
    return made.getvalue() + b"Canary after the end"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_is_left_but_the_picture(kind):
    given = photograph(kind)
    assert b"Canary" in given
    made = made_anew(given, longest=150)
    assert (made.kind, made.width, made.height) == ("image/jpeg", 100, 150)
    assert b"Canary" not in made.content
    with Image.open(BytesIO(made.content)) as read:
        assert dict(read.getexif()) == {}
        assert set(read.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg/>", b"%PDF-1.7", photograph()[:60], b"GIF89a" + b"\0" * 40, photograph("PNG")[:80]],
)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(NotAPicture):
        made_anew(content)


def test_a_bomb_is_refused_before_it_is_opened():
    made = BytesIO()
    Image.new("1", (9000, 9000)).save(made, "PNG")
    assert len(made.getvalue()) < 20_000
    with pytest.raises(NotAPicture):
        made_anew(made.getvalue())
