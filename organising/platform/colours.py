"""A campaign's own colour: readable on light and dark paper (WCAG 2.2, 4.5:1), and the style sheet that carries it."""

import colorsys
import re

LEAST = 4.5
# The papers and inks of assets/css/tokens.css, which a test holds equal.
LIGHT_PAPERS = ("#faf6ee", "#fffdf8", "#f3ede1")
DARK_PAPERS = ("#171412", "#201c18", "#100e0c")
LIGHT_INK, DARK_INK = "#1d1916", "#f0e9dd"
HEX = re.compile(r"^#?([0-9a-f]{6}|[0-9a-f]{3})$")
STEPS = 400


def parse_colour(text: str) -> str:
    """A colour as ``#rrggbb``. Raises ``ValueError`` for what is none."""
    found = HEX.match(text.strip().lower())
    if found is None:
        raise ValueError(text)
    digits = found[1] if len(found[1]) == 6 else "".join(2 * digit for digit in found[1])
    return f"#{digits}"


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def least_contrast(colour: str, *, dark: bool) -> float:
    """The contrast on the paper on which this colour is the hardest to read."""
    return min(contrast(colour, paper) for paper in (DARK_PAPERS if dark else LIGHT_PAPERS))


def nearest_readable(colour: str, *, dark: bool) -> str:
    """The colour itself where it is readable, else the same hue with no more change of lightness than that takes."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in _parts(colour)))
    end = 1.0 if dark else 0.0
    for step in range(STEPS + 1):
        given = colorsys.hls_to_rgb(hue, lightness + (end - lightness) * step / STEPS, saturation)
        near = colour if step == 0 else _hex(tuple(round(255 * part) for part in given))
        if least_contrast(near, dark=dark) >= LEAST:
            return near
    raise AssertionError("black is readable on light paper, and white on dark")


def wash(colour: str, *, dark: bool) -> str:
    """A paper tinted with the colour, on which both the colour and the ink stay readable."""
    paper, ink = (DARK_PAPERS[0], DARK_INK) if dark else (LIGHT_PAPERS[0], LIGHT_INK)
    for share in (0.14, 0.1, 0.07, 0.04):
        tinted = _mixed(paper, colour, share)
        if contrast(colour, tinted) >= LEAST and contrast(ink, tinted) >= LEAST:
            return tinted
    return paper


def accent_sheet(light: str, dark: str) -> str:
    """The style sheet that puts both colours in the place of the page's accent. It comes after the page's own."""
    day = _rule(":root[data-accent]", light, LIGHT_PAPERS[1], dark=False)
    night = ":root:not([data-theme=light])[data-accent]"
    chosen = ":root[data-theme=dark][data-accent]"
    return (
        f"{day}\n@media screen and (prefers-color-scheme: dark) {{ {_rule(night, dark, DARK_PAPERS[2], dark=True)} }}\n"
        f"@media screen {{ {_rule(chosen, dark, DARK_PAPERS[2], dark=True)} }}\n"
    )


def _rule(selector: str, colour: str, ink: str, *, dark: bool) -> str:
    return (
        f"{selector} {{ --accent: {colour}; --accent-ink: {ink}; --accent-wash: {wash(colour, dark=dark)}; }}"
    )


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(parts: tuple[int, ...]) -> str:
    return "#" + "".join(f"{part:02x}" for part in parts)


def _mixed(paper: str, colour: str, share: float) -> str:
    pairs = zip(_parts(paper), _parts(colour), strict=True)
    return _hex(tuple(round(a + (b - a) * share) for a, b in pairs))


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
