"""An update as a signer reads it: the text, then why they get it and how to stop it."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from organising.mailings.content import Letter, Texts
from organising.mailings.merge import Field
from organising.mailings.people import person_letter
from organising.mailings.stop_links import Links, in_other_languages


def letter_to(texts: Texts, name: str | None, address: str, links: Links) -> Letter:
    """The letter to one signer; raises ``KeyError`` naming a field without value and fallback."""
    return person_letter(texts, name, address, footer(texts.common, links))


def footer(common: Mapping[str, Any], links: Links) -> str:
    """Who holds their details, why they get this, and what they can do about both."""
    text: str = _(
        "\n\n-- \n"
        "%(organisation)s sends you this because you signed “%(pledge)s” and agreed to be emailed. "
        "%(organisation)s holds the details that you gave.\n\n"
        "Stop these emails:\n%(stop)s\n\n"
        "See, correct or withdraw your signature:\n%(signature)s\n",
        organisation=common.get(Field.ORGANISATION) or "",
        pledge=common.get(Field.PLEDGE) or "",
        stop=links.stop,
        signature=links.more,
    )
    return text + in_other_languages(links)
