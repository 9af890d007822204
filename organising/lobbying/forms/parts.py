"""What several forms of this domain are made of."""

from collections.abc import Iterable
from typing import Any

from wtforms.fields.choices import SelectChoice  # newer than its stubs

from organising.organisations.models import Ask
from organising.platform.form_parts import Boxes as Boxes
from organising.platform.form_parts import Confirming as Confirming
from organising.platform.form_parts import DayField as DayField
from organising.platform.form_parts import VersionField as VersionField
from organising.platform.form_parts import add_error as add_error
from organising.platform.form_parts import as_day as as_day
from organising.platform.form_parts import choices as choices
from organising.platform.given import as_id as as_id


def ask_choices(asks: Iterable[Ask], empty: Any = None) -> list[SelectChoice]:
    """Asks by id, as code and wording."""
    return choices(((str(ask.id), f"{ask.code} · {ask.wording}") for ask in asks), empty)
