"""Pictures that people send in: told by their content, and made anew, so that nothing but the picture is kept.

A photograph from a phone says where it was taken, when and on which device. Encoding the pixels afresh leaves
all of that behind, and whatever else was hidden in the file.
"""

import struct
from dataclasses import dataclass
from io import BytesIO

import segno
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 60_000_000
TOO_MANY = "too many pixels"
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
# What scales as it is; other modes are turned into colours first.
SCALES = ("RGB", "RGBA", "L", "LA", "CMYK")
WHITE = (255, 255, 255)
# What Pillow raises for bytes that somebody made to hurt; all of it means that this is no picture.
UNREADABLE = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    ZeroDivisionError,
    OverflowError,
    struct.error,
)


class NotAPicture(ValueError):
    """The bytes are none of the kinds taken, damaged, or larger than any camera's."""


@dataclass(frozen=True)
class Picture:
    """A picture made anew: its media type, its bytes and its size in pixels."""

    kind: str
    content: bytes
    width: int
    height: int


def made_anew(content: bytes, *, longest: int = 2400, keep_transparency: bool = False) -> Picture:
    """The picture alone, upright, no side longer than ``longest``. Raises :class:`NotAPicture`.

    JPEG comes back as JPEG; with ``keep_transparency`` (logos) PNG as PNG.
    """
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as given:
            if given.width * given.height > MOST_PIXELS:
                raise NotAPicture(TOO_MANY)
            transparent = keep_transparency and given.format != "JPEG"
            # Smaller first: a JPEG is then never held in its full size, and turning copies what is left.
            small = given if given.mode in SCALES else given.convert("RGBA")
            if small is not given and (turned := given.getexif()):
                small.info["exif"] = turned.tobytes()
            small.thumbnail((longest, longest), Image.Resampling.LANCZOS)
            upright = ImageOps.exif_transpose(small)
            drawn = upright.convert("RGBA") if transparent else _on_white(upright)
    except NotAPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAPicture(TOO_MANY) from None
    except UNREADABLE as error:
        raise NotAPicture(str(error)) from None
    # Pixels only: copying them into a fresh image leaves every chunk and tag of the file behind.
    fresh = Image.new(drawn.mode, drawn.size)
    fresh.paste(drawn)
    made = BytesIO()
    if transparent:
        fresh.save(made, "PNG", optimize=True)
        return Picture("image/png", made.getvalue(), *fresh.size)
    fresh.save(made, "JPEG", quality=84, optimize=True)
    return Picture("image/jpeg", made.getvalue(), *fresh.size)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGB", "L"):
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    flat = Image.new("RGB", layered.size, WHITE)
    flat.paste(layered, mask=layered.getchannel("A"))
    return flat


def qr_svg(text: str) -> str:
    """A QR code as SVG markup: black on white with its quiet zone, readable when a quarter of it is damaged."""
    made = BytesIO()
    segno.make(text, error="q", micro=False).save(
        made, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False, svgns=True
    )
    return made.getvalue().decode()
