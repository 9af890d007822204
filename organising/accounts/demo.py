"""The demo's sign-ins: known to everybody, so good for nothing but a demo on this machine."""

from dataclasses import dataclass

from ..platform.permissions import Role
from .services import KNOWN_PASSWORD

PASSWORD = KNOWN_PASSWORD


@dataclass(frozen=True)
class DemoPerson:
    """One invented person of the demo: in which organisation (its short address), as what."""

    email: str
    display_name: str
    organisation: str
    organisation_name: str
    role: Role


def _person(role: Role, organisation: str, organisation_name: str, display_name: str) -> DemoPerson:
    return DemoPerson(f"{role}@{organisation}.example", display_name, organisation, organisation_name, role)


# Nobody could take these for the names of people who work there.
PEOPLE = (
    _person(Role.COORDINATOR, "liberty", "Liberty", "Cora Demo-Coordinator"),
    _person(Role.DEPUTY, "liberty", "Liberty", "Dev Demo-Deputy"),
    _person(Role.ANALYST, "liberty", "Liberty", "Ana Demo-Analyst"),
    _person(Role.ADMIN, "neu", "NEU", "Nell Demo-Admin"),
    _person(Role.ORGANISER, "neu", "NEU", "Noor Demo-Organiser"),
    _person(Role.OFFICER, "neu", "NEU", "Ned Demo-Officer"),
    _person(Role.ADMIN, "praxis", "Praxis", "Pia Demo-Admin"),
    _person(Role.ORGANISER, "praxis", "Praxis", "Pat Demo-Organiser"),
    _person(Role.ADMIN, "lawrs", "LAWRS", "Luz Demo-Admin"),
    _person(Role.ORGANISER, "lawrs", "LAWRS", "Lola Demo-Organiser"),
    _person(Role.ADMIN, "doctorsoftheworld", "Doctors of the World", "Dora Demo-Admin"),
    _person(Role.ORGANISER, "doctorsoftheworld", "Doctors of the World", "Dot Demo-Organiser"),
)

SIGN_INS = tuple((person.email, f"{person.role}, {person.organisation_name}") for person in PEOPLE)
