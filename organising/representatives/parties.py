"""Parties: one key for all spellings that sources use, the name to show, the colour of the small mark."""

from __future__ import annotations

from organising.representatives.names import fold
from organising.representatives.readers.records import PartyRecord

_KNOWN: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "alliance": ("Alliance", "#f6cb2f", ("Alliance Party of Northern Ireland", "APNI")),
    "conservative": ("Conservative", "#0063ba", ("Conservative and Unionist Party", "Con", "Tory")),
    "crossbench": ("Crossbench", "#8a8a8a", ("Crossbencher", "XB")),
    "bishop": ("Bishops", "#6b4c8a", ("Bishop", "Lords Spiritual")),
    "dup": ("Democratic Unionist Party", "#d46a4c", ("DUP",)),
    "green": ("Green Party", "#528d6b", ("Green", "Green Party of England and Wales", "GPEW")),
    "independent": ("Independent", "#6b6b6b", ("Ind",)),
    "labour": ("Labour", "#d50000", ("Labour Party", "Lab")),
    "labour-co-operative": (
        "Labour (Co-op)",
        "#c2185b",
        ("Labour/Co-operative", "Labour and Co-operative", "Labour Co-op", "Lab Co-op", "labourco-operative"),
    ),
    "liberal-democrat": ("Liberal Democrat", "#faa61a", ("Liberal Democrats", "LD", "Lib Dem")),
    "non-affiliated": ("Non-affiliated", "#8a8a8a", ("Non affiliated", "Non-aff")),
    "plaid-cymru": ("Plaid Cymru", "#008142", ("PC",)),
    "reform-uk": ("Reform UK", "#12b6cf", ("Reform", "RUK")),
    "restore-britain": ("Restore Britain", "#2c3a5a", ()),
    "snp": ("Scottish National Party", "#e0c620", ("SNP",)),
    "sinn-fein": ("Sinn Féin", "#326760", ("SF",)),
    "sdlp": ("Social Democratic and Labour Party", "#2aa82c", ("SDLP", "Social Democratic & Labour Party")),
    "speaker": ("Speaker", "#4a4a4a", ("Spk",)),
    "tuv": ("Traditional Unionist Voice", "#0c3a6a", ("TUV", "Traditional Unionist Voice - TUV")),
    "uup": ("Ulster Unionist Party", "#48a5ee", ("UUP",)),
    "workers-party": ("Workers Party of Britain", "#8c1c13", ("Workers Party", "WPB")),
    "your-party": ("Your Party", "#7a1f4f", ()),
}  # fmt: skip
# Who takes another party's whip: members elected for Labour and the Co-operative Party sit as Labour, and
# Parliament's state of the parties (Members API, Parties/StateOfTheParties) counts them so.
TAKES_WHIP_OF = {"labour-co-operative": "labour"}
_BY_SPELLING = {
    fold(spelling): key for key, (name, _, others) in _KNOWN.items() for spelling in (key, name, *others)
}


def party_of(name: str) -> PartyRecord:
    """The party that `name` means; a name not known here gets a key of its own and no colour."""
    spelling = fold(name)
    known = _BY_SPELLING.get(spelling) or _BY_SPELLING.get(spelling.removesuffix(" party"))
    if known:
        shown, colour, _ = _KNOWN[known]
        return PartyRecord(known, shown, colour)
    return PartyRecord(spelling.replace(" ", "-") or "unknown", name.strip() or "Unknown")
