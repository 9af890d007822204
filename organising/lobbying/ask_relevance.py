"""Of which bodies an ask is an ask: read off what was published, so that none is made of a body that nobody named."""

from organising.organisations.models import Ask
from organising.representatives.models import Institution, InstitutionKind

K = InstitutionKind
_OF_SECTOR = {"health": (K.HEALTH_BOARD, K.TRUST, K.DEPARTMENT)}


def kinds_of(ask: Ask) -> tuple[InstitutionKind, ...]:
    """The kinds of body that an ask concerns. Councils are asked for nothing but the firewall itself."""
    if ask.sector == "all":
        return tuple(InstitutionKind)
    if ask.sector in _OF_SECTOR:
        return _OF_SECTOR[ask.sector]
    body = ask.body.lower()
    found = [K.POLICE_FORCE] if "police force" in body else []
    if any(word in body for word in ("department", "government", "home office")):
        found.append(K.DEPARTMENT)
    return tuple(found)


def named_in(ask: Ask) -> str:
    """A word that the names of departments bear which an ask concerns; empty where it concerns any."""
    return "education" if ask.sector == "education" else ""


def concerns(ask: Ask, institution: Institution) -> bool:
    """Whether an ask is one of this body."""
    return institution.kind in kinds_of(ask) and named_in(ask) in institution.name.lower()
