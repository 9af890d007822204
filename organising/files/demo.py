"""The demo's files: a leaflet set in type and a picture drawn by code, both invented. Whoever needs files hangs them up."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from ..platform.pdf import make_pdf
from ..platform.places import shipped

LEAFLET_NAME, PICTURE_NAME = "Leaflet to hand out, A5.pdf", "How the stall is set up.png"
LEAFLET = {
    "campaign": "Care Don’t Share",
    "title": "Nobody should fear asking for help",
    "standfirst": "Schools, surgeries and police stations ask us for our names and addresses so that they can help. "
    "We ask them to promise that it stays there.",
    "parts": [
        ["What is a firewall?", "A promise that what is told to a public service is not passed on to the Home Office for immigration enforcement."],
        ["What can I do?", "Sign the pledge at this stall, or at home by the code on the poster. It takes half a minute."],
        ["Who holds what I write?", "The organisation whose name stands on the sheet, and nobody else unless you tick its box."],
    ],
    "invented": "Invented for the demo. Not a leaflet that anybody gave out.",
}  # fmt: skip
SIZE = (1600, 1000)
PAPER, INK, CLOTH, WALL = "#fbf8f1", "#1d1916", "#c5301a", "#d9d2c4"


def leaflet() -> bytes:
    """The leaflet, a PDF of two sides."""
    return make_pdf(shipped("templates") / "files" / "leaflet.typ", LEAFLET)


def picture() -> bytes:
    """A plan of a stall from above, a PNG: drawn, so that it shows no place and nobody."""
    image = Image.new("RGB", SIZE, PAPER)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(40)
    pen.rectangle((120, 90, 1480, 210), fill=WALL)
    pen.text((150, 125), "Wall of the library", fill=INK, font=font)
    pen.rectangle((500, 430, 1100, 620), fill=CLOTH)
    pen.text((540, 500), "Table, sheets, pens", fill="white", font=font)
    for left, words in ((170, "Banner"), (1200, "Poster")):
        pen.rectangle((left, 430, left + 230, 620), outline=INK, width=6)
        pen.text((left + 40, 500), words, fill=INK, font=font)
    pen.line((120, 780, 1480, 780), fill=INK, width=4)
    pen.text((150, 810), "People pass here: keep two metres free", fill=INK, font=font)
    made = BytesIO()
    image.save(made, "PNG")
    return made.getvalue()
