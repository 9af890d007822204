"""The organisation's rules for duplicates: a weight and a length for each field, and a threshold."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import NumberRange, Optional

from ...platform.form_parts import Confirming
from ..duplicates import HIGHEST, MatchField, Rule, Weighted
from ..words import MATCH_FIELDS

# Emails and phone numbers are compared whole: of them a keyed hash is all that there is to compare.
CUT = (MatchField.NAME, MatchField.LAST_WORD, MatchField.FIRST_WORD, MatchField.POSTCODE)
LONGEST = 20


class RuleForm(Confirming):
    """One rule."""

    threshold = IntegerField(
        _l("Threshold"), validators=[NumberRange(1, HIGHEST * 5, _l("Give a whole number from 1 to 500."))]
    )

    def rows(self) -> list[tuple[MatchField, object, object]]:
        """Each field with the form's fields of its weight and its length, None where it is compared whole."""
        return [
            (field, self[f"weight_{field}"], self[f"length_{field}"] if field in CUT else None)
            for field in MATCH_FIELDS
        ]

    def weighted(self) -> list[Weighted]:
        """The fields with a weight, as typed."""
        return [
            Weighted(
                field,
                self[f"weight_{field}"].data or 0,
                self[f"length_{field}"].data or 0 if field in CUT else 0,
            )
            for field in MATCH_FIELDS
        ]


for _field, _label in MATCH_FIELDS.items():
    _weight = IntegerField(
        _l("Weight of %(field)s", field=_label),
        validators=[Optional(), NumberRange(0, HIGHEST, _l("Give a whole number from 0 to 100."))],
    )
    setattr(RuleForm, f"weight_{_field}", _weight)
    if _field in CUT:
        _length = IntegerField(
            _l("First letters of %(field)s", field=_label),
            validators=[Optional(), NumberRange(0, LONGEST, _l("Give a whole number from 0 to 20."))],
        )
        setattr(RuleForm, f"length_{_field}", _length)


def rule_values(rule: Rule) -> dict[str, int]:
    """What the form shows of a rule."""
    values = {"threshold": rule.threshold}
    for one in rule.fields:
        values[f"weight_{one.field}"] = one.weight
        if one.length:
            values[f"length_{one.field}"] = one.length
    return values
