"""A file, what its columns are, and what becomes of those who are known already."""

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import Optional

from ...platform.form_parts import Confirming, DayField, VersionField, choices
from ..mapping import Column
from ..models import ConsentChannel, ConsentPurpose, ContactImport, KnownRule
from ..services.importing import Settings
from ..words import CHANNELS, COLUMNS, KNOWN_RULES, PURPOSES
from .contacts import plain
from .lists import AGREED


class FileForm(Confirming):
    """The file."""

    file = FileField(_l("Excel or CSV file"))


class SettingsForm(Confirming):
    """What was guessed of a file, to be put right; the columns' own fields are read beside it."""

    version = VersionField()
    known_rule = RadioField(
        _l("Who is known already"),
        choices=choices(KNOWN_RULES.items()),
        default=KnownRule.SKIP,
        validate_choice=False,
    )
    agreed = SelectField(_l("Did these people agree to something?"), validate_choice=False)
    agreed_on = DayField(_l("When did they agree?"), validators=[Optional()])
    evidence = StringField(_l("Evidence"), filters=[plain])

    def offer(self) -> None:
        """Fill the choices."""
        self.agreed.choices = choices(
            (
                (f"{purpose}.{channel}", f"{PURPOSES[purpose]} {CHANNELS[channel]}")
                for purpose, channel in AGREED
            ),
            _("Nobody was asked"),
        )

    def settings(self, columns: int) -> Settings:
        """What was chosen, for the services to judge."""
        known = set(KnownRule)
        agreed = next((one for one in AGREED if ".".join(one) == self.agreed.data), None)
        return Settings(
            meanings={
                place: Column(chosen)
                for place in range(columns)
                if (chosen := request.form.get(f"column-{place}")) in COLUMNS
            },
            known_rule=KnownRule(self.known_rule.data) if self.known_rule.data in known else KnownRule.SKIP,
            agreed=(ConsentPurpose(agreed[0]), ConsentChannel(agreed[1])) if agreed else None,
            agreed_on=self.agreed_on.data,
            evidence=self.evidence.data or "",
        )


def import_values(kept: ContactImport) -> Mapping[str, Any]:
    """What the form shows of a file that is kept."""
    return {
        "version": str(kept.version),
        "known_rule": kept.known_rule,
        "agreed": kept.agreed or "",
        "agreed_on": kept.agreed_on,
        "evidence": kept.evidence or "",
    }
