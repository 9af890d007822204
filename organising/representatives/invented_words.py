"""Words of which the demo's invented parliament is made: no place, party or person here exists."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


REGIONS = (
    "Northmarch", "The Lantern Coast", "Upper Bramble", "Quillshire", "Emberside", "The Tansy Vale",
    "Larkland", "Fable and Wold", "The Saffron Plain", "Harbourlands", "Saltmarrow",
    "The Southern Skerries",
)  # fmt: skip

COUNTRY = "Invented"

# key, name, colour, seats
PARTIES = (
    ("invented-hearth", "Hearth Party", "#a8432f", 262),
    ("invented-harbour", "Harbour Party", "#2f5d8a", 198),
    ("invented-meadow", "Meadow Union", "#3f7d4e", 96),
    ("invented-open-sky", "Open Sky Movement", "#5a9bc4", 54),
    ("invented-orchard", "Orchard and Loom", "#96701f", 28),
    ("invented-independent", "Independent (invented)", "#6b6b6b", 12),
)

PLACE_HEADS = _words(
    "Acorn Amber Ballad Bluebell Bobbin Button Candle Campion Carol Cinder Clover Comfrey Coral Cowslip "
    "Curlew Dapple Dormouse Drift Dunnock Ember Fable Feather Fennel Fiddle Foxglove Garnet Goldfinch "
    "Harebell Honey Jasper Kettle Kingfisher Lantern Lapwing Larkspur Linnet Lute Marigold Meadowsweet "
    "Mist Moon Myrtle Opal Pebble Pewter Plover Primrose Proverb Quill Rhyme Ribbon Riddle Ripple Saffron "
    "Sandpiper Shuttle Siskin Skylark Sorrel Sparrow Spindle Star Tansy Teasel Thimble Thistle Velvet "
    "Verse Whimbrel Wren Yarrow"
)

PLACE_TAILS = _words(
    "wick mere combe holme stow haven hithe marsh brook bourne worth ness stead bridge minster moor dale "
    "fell shaw wold mouth ferry port"
)

PLACES_IN_FULL = (
    "Ynys y Bluen", "Tŷ'r Wennol", "Glan Gwlith", "Dôl y Gwenyn", "Bryn Sêr", "Baile na Réalta",
    "Cnoc na Fuiseoige", "Port an Róin", "Dùn na Gealaich", "Loch nan Dealan-dè", "Tràigh Òir",
    "Porth an Velan", "Saint Otter's", "Kettle-on-the-Hob", "Stow-cum-Thimble",
    "Button, Bobbin and Thread",
)  # fmt: skip

RIVERS = ("Quill", "Tansy", "Whimbrel", "Dapple", "Lute")

GIVEN_MS = (
    "Abidemi", "Adaeze", "Aigerim", "Aïcha", "Amara", "Ananya", "Aoibheann", "Ayşe", "Beatriz",
    "Blodwen", "Chiamaka", "Clémence", "Dagný", "Efua", "Eilidh", "Eluned", "Farzana", "Fionnuala",
    "Gráinne", "Gwenllian", "Hanneke", "Ingrid", "Jadwiga", "Jin-ae", "Khadija", "Łucja", "Lakshmi",
    "Leilani", "Lourdes", "Mairéad", "Małgorzata", "Mehwish", "Nasrin", "Nerys", "Ngozi", "Niamh",
    "Ondine", "Oluwaseun", "Parvaneh", "Perpetua", "Rhiannon", "Róisín", "Rukhsana", "Safiya", "Saoirse",
    "Shanelle", "Siân", "Sunniva", "Thuý", "Umaymah", "Venetia", "Wanjiru", "Xiomara", "Yael", "Zoë",
    "Žofia",
)  # fmt: skip

GIVEN_MR = (
    "Abdulrahman", "Adébáyò", "Alejandro", "Aneirin", "Arjun", "Bartholomew", "Błażej", "Caoimhín",
    "Chidi", "Çetin", "Cormac", "Dafydd", "Dmytro", "Domhnall", "Eryk", "Fáelán", "Felipe", "Gethin",
    "Giorgos", "Gurpreet", "Hamza", "Håkon", "Idris", "Iolo", "Jean-Luc", "Joaquín", "Kwabena", "Kayode",
    "Lachlan", "Lőrinc", "Mattheus", "Mihail", "Muirís", "Nikhil", "Obadiah", "Oisín", "Óscar",
    "Padraig", "Peregrine", "Quang", "Rhodri", "Ruaraidh", "Søren", "Septimus", "Tadhg", "Tevita",
    "Thaddeus", "Ugochukwu", "Valdis", "Winston", "Xander", "Yiannis", "Yusuf", "Zbigniew",
)  # fmt: skip

GIVEN_ANY = (
    "Ariel", "Ashanti", "Avery", "Briar", "Cerys", "Darnell", "Ellis", "Emrys", "Fenn", "Haruka",
    "Indigo", "Jules", "Kit", "Linden", "Manpreet", "Merle", "Noor", "Osian", "Priya", "Quinn", "Renée",
    "Robin", "Sascha", "Tamsin", "Toni", "Vivek", "Wren", "Yuki", "Zahra", "Zuri",
)  # fmt: skip

FAMILY_HEADS = _words(
    "Acorn Bramble Bobbin Button Candle Clover Cobble Copper Dapple Dewdrop Fable Fennel Feather Firefly "
    "Flax Ginger Harbour Heron Honey Juniper Kettle Lantern Linnet Marigold Marrow Moonlit Nettle Otter "
    "Pebble Plum Quill Ribbon Saffron Snowdrop Spindle Starling Tansy Thimble Thistle Velvet Whistle "
    "Yarrow"
)

FAMILY_TAILS = _words(
    "wright weaver song spinner feather bank worthy light bloom keeper water mender whistle gather binder "
    "sower wick thatch lace glow"
)

FAMILIES_IN_FULL = (
    "Luciérnaga", "Vagalume", "Świetlikowy", "Étoilefine", "Brísamar", "Ó Réaltach", "Ní Fhuiseog",
    "ap Lloergan", "ferch Gwlith", "Mac an Róin", "Glühwürmchen", "Sommerfuglsen", "Ildfluesen",
    "Işıkböceği", "Kırlangıçoğlu", "Stjärnljus", "Tähtivalo", "Csillagfényi", "Světluškova",
    "Zvezdoliki", "de la Brújula", "dos Vaga-lumes", "van Morgendauw", "Hotaruyama", "Dandelion-Nwa",
    "Okelumina", "Adelantern", "Mwangazaji", "Jugnuwala", "Chandrakiran-Rao", "Shabtaab", "Nurfanous",
    "Đom Đóm", "Yinghuo-Lin", "Tuimoana-Star", "Lauhoku",
)  # fmt: skip
