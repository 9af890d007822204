"""What other domains' pages show of letters: after signing, the campaign's open page on which one writes to one's MP."""

from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from organising.letters.queries import find_open_page
from organising.platform.clock import today
from organising.platform.panels import NextStep, register_step
from organising.representatives.models import Chamber
from organising.representatives.queries.parliaments import find_dissolved


def next_letter(*, campaign_id: UUID, **_about: object) -> NextStep | None:
    """The campaign's newest open page; none while there are no MPs to write to."""
    page = find_open_page(campaign_id)
    if page is None or find_dissolved(Chamber.COMMONS, today()) is not None:
        return None
    return NextStep(
        title=_("Now tell your MP"),
        words=page.title,
        label=_("Write to your MP"),
        href=url_for("letters.write", organisation=page.host.slug, slug=page.slug),
    )


register_step("signature", next_letter)
