"""Every table that may hold people is named at the rights desk: it is told and erased, or a reason stands why not."""

from organising.platform.ownership import Base, Ownership
from organising.platform.people import list_holdings, list_reasons

OWN = (Ownership.OWNED, Ownership.LENT)


def own_tables():
    return {
        mapper.local_table.name: mapper
        for mapper in Base.registry.mappers
        if getattr(mapper.class_, "__ownership__", None) in OWN
    }


def test_every_owned_table_is_told_and_erased_or_says_why_not(app):
    told, erased = set(list_reasons()), set(list_reasons())
    for holding in list_holdings():
        told |= holding.exports | set(holding.untold)
        erased |= holding.erases | set(holding.stays)
    tables = set(own_tables())
    for number, (done, where) in enumerate(((told, "exports or untold"), (erased, "erases or stays"))):
        assert tables - done == set(), (
            f"{number}: say in the domain's held.py ({where}), or in about_nobody(), what becomes of these tables "
            "when somebody asks for their data or for its erasure (docs/rights.md)"
        )
    assert (told | erased) - tables == set(), "named at the rights desk, and no table"


def test_a_reason_is_a_sentence_and_no_table_is_both_about_somebody_and_about_nobody(app):
    somebody = set()
    for holding in list_holdings():
        somebody |= holding.exports | holding.erases
        for reason in (*holding.stays.values(), *holding.untold.values()):
            assert len(reason) > 20, reason
        assert not holding.erases & set(holding.stays), holding.name
        assert not holding.exports & set(holding.untold), holding.name
    assert somebody & set(list_reasons()) == set()
    assert all(len(reason) > 10 for reason in list_reasons().values())


def test_what_hangs_on_a_contact_or_a_signature_goes_with_it(app):
    """A table that points at a person's row is about that person, whatever its domain says of it."""
    about = {"contact", "pledge", "letter", "paper_row", "incoming_message", "rights_request"}
    for name, mapper in own_tables().items():
        targets = {key.referred_table.name for key in mapper.local_table.foreign_key_constraints}
        if targets & about and name not in about:
            assert name not in list_reasons(), f"{name} points at {targets & about}, and so is about somebody"
