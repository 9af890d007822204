"""Pictures: only their pixels are kept, so that neither place nor device nor anything hidden goes along."""

from ...platform.pictures import TOO_MANY, NotAPicture, made_anew
from ..kinds import FileKind
from .findings import Clean, Refusal

LONGEST, LONGEST_SMALL = 2400, 480
# A drawing with clear areas stays PNG; a photograph saved as PNG would be many times as large as it has to be.
MOST_PNG = 3 * 2**20


def clean_picture(content: bytes, *, transparent: bool = True) -> Clean:
    """The first picture of what was sent, upright; ``transparent``: clear areas may stay. Raises :class:`Refusal`."""
    try:
        made = made_anew(content, longest=LONGEST, keep_transparency=transparent)
        if len(made.content) > MOST_PNG:
            made = made_anew(content, longest=LONGEST)
        small = made_anew(made.content, longest=LONGEST_SMALL)
    except NotAPicture as error:
        raise Refusal("too_many_pixels" if str(error) == TOO_MANY else "damaged") from None
    return Clean(FileKind(made.kind), made.content, made.width, made.height, small.content)
