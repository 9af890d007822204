"""`{code: name}` tables of the ONS: police force areas, integrated care boards, regions, NHS regions, countries.

What bites: a line that was a table's header became an entry; “pseudo” areas fill the gaps of a lookup.
"""

from __future__ import annotations

from organising.representatives.readers.cells import GSS_CODE
from organising.representatives.readers.records import GSS, AreaRecord, Identifier, Rejection
from organising.representatives.readers.register_records import (
    AREAS,
    InstitutionRecord,
    RegisterRecords,
)
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.sources import UnreadableFile, tidy

KINDS = {
    "E23": "police_force",
    "W15": "police_force",
    "S23": "police_force",
    "E54": "icb",
    "E12": "region",
    "E40": "nhs_region",
    "E92": "country",
    "N92": "country",
    "S92": "country",
    "W92": "country",
}
# Where one force serves a whole country, the lookup names the country and not the force.
NATIONAL_FORCES = {
    "S23000009": ("Scotland", "Police Scotland"),
    "N99999999": ("Northern Ireland", "Police Service of Northern Ireland"),
}
_OUTSIDE = {"L", "M"}


def force_name(area: str) -> str:
    """What the force of a police area is called: “Cumbria Police”."""
    return area if area.endswith("Police") else f"{area} Police"


def _read(source: SourceText) -> RegisterRecords:
    kind = _kind(source)
    assert kind is not None
    places: list[AreaRecord] = []
    bodies: list[InstitutionRecord] = []
    rejected: list[Rejection] = []
    for code, given in source.value.items():
        name = tidy(given)
        reason = _refusal(code, name)
        if reason:
            rejected.append(Rejection(code.encode("ascii", "replace").decode(), reason))
            continue
        if kind == "police_force" and code in NATIONAL_FORCES:
            name = NATIONAL_FORCES[code][0]
        places.append(_place(kind, code, name))
        if kind == "police_force":
            bodies.append(_force(code, name))
        elif kind == "icb":
            bodies.append(
                InstitutionRecord(
                    code, "health_board", name, code, "decides", (Identifier(GSS, code),), area_key=code
                )
            )
    if not places:
        raise UnreadableFile(source.path, "$", "no entry of this table can be taken")
    return RegisterRecords(
        f"ons_{kind}", AREAS, tuple(places), tuple(bodies), rejected=tuple(rejected)
    )  # fmt: skip


def _place(kind: str, code: str, name: str) -> AreaRecord:
    country = NATIONAL_FORCES.get(code, (None,))[0] if kind == "police_force" else None
    return AreaRecord(code, kind, name, code, "decides", (Identifier(GSS, code),), code, country=country)


def _force(code: str, name: str) -> InstitutionRecord:
    called = NATIONAL_FORCES[code][1] if code in NATIONAL_FORCES else force_name(name)
    return InstitutionRecord(
        code, "police_force", called, code, "decides", (Identifier(GSS, code),), area_key=code
    )


def _refusal(code: str, name: str) -> str | None:
    if not GSS_CODE.match(code):
        return f"“{name}” is no area: this is the header of the table from which the file was made"
    if code[0] in _OUTSIDE:
        return f"{name.removeprefix('(pseudo) ')} is no part of the United Kingdom"
    if not name:
        return "no name"
    if code not in NATIONAL_FORCES and KINDS.get(code[:3]) is None:
        return "the product keeps no areas with such a code"
    return None


def _kind(source: SourceText) -> str | None:
    """The kind of most of the codes; None where this is another file."""
    if not source.members or not all(isinstance(one, str) for one in source.value.values()):
        return None
    kinds = [KINDS[key[:3]] for key in source.members if GSS_CODE.match(key) and key[:3] in KINDS]
    return max(sorted(set(kinds)), key=kinds.count) if kinds else None


register(Reader("code_names", lambda source: _kind(source) is not None, _read))
