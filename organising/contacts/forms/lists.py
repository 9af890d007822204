"""The filters of the list of contacts, which live in the address, and why somebody takes contacts out."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SearchField, SelectField
from wtforms.validators import Optional

from ...organisations.queries import UnitInTree
from ...platform.form_parts import Confirming, choices
from ...platform.given import as_id
from ..models import ConsentChannel, ConsentPurpose, ContactSegment, Tag
from ..queries.contacts import AREA_KINDS, AreaChoice
from ..services.searching import LONGEST_SEARCH, Filters
from ..words import CHANNELS, KINDS, PURPOSES, REASONS, SECTORS, SOURCES

# What a list can be narrowed to: not by what is of a special category.
AGREED = tuple(
    (purpose, channel)
    for purpose in ConsentPurpose
    for channel in ConsentChannel
    if not purpose.is_special and channel is not ConsentChannel.RECORD
)
NAMED = ("q", "segment", "kind", "unit", "sector", "tag", "area", "source", "agreed", "archived")


class ContactFilter(FlaskForm):
    """The filters; what is none of the choices counts as nothing."""

    class Meta:
        csrf = False

    q = SearchField(_l("Name, postcode, email or phone"))
    segment = SelectField(_l("Segment"), validate_choice=False)
    unit = SelectField(_l("Branch or group"), validate_choice=False)
    sector = SelectField(_l("Sector"), validate_choice=False)
    tag = SelectField(_l("Tag"), validate_choice=False)
    area = SelectField(_l("Area"), validate_choice=False)
    source = SelectField(_l("How you know them"), validate_choice=False)
    kind = SelectField(_l("Person or body"), validate_choice=False)
    agreed = SelectField(_l("Said yes to"), validate_choice=False)
    archived = BooleanField(_l("Archived ones instead"))

    def offer(
        self,
        units: Sequence[UnitInTree],
        tags: Sequence[Tag],
        areas: Sequence[AreaChoice],
        segments: Sequence[ContactSegment],
    ) -> None:
        """Fill the choices."""
        self.units = units
        self.segment.choices = choices(((str(one.id), one.name) for one in segments), _("All"))
        self.unit.choices = choices(((str(one.unit.id), one.unit.name) for one in units), _("All"))
        self.sector.choices = choices(SECTORS.items(), _("All"))
        self.tag.choices = choices(((str(tag.id), tag.name) for tag in tags), _("All"))
        self.codes = {area.gss_code for area in areas}
        named = {kind: [area for area in areas if area.kind == kind] for kind in AREA_KINDS}
        self.area.choices = choices(
            ((area.gss_code, area.name) for kind in AREA_KINDS for area in named[kind]), _("All")
        )
        self.source.choices = choices(SOURCES.items(), _("All"))
        self.kind.choices = choices(KINDS.items(), _("All"))
        self.agreed.choices = choices(
            (
                (f"{purpose}.{channel}", f"{PURPOSES[purpose]} {CHANNELS[channel]}")
                for purpose, channel in AGREED
            ),
            _("All"),
        )

    def filters(self) -> Filters:
        """What was typed and chosen."""
        return Filters(
            words=(self.q.data or "").replace("\0", "").strip()[:LONGEST_SEARCH],
            kind=_known(self.kind.data, KINDS),
            unit_id=as_id(self.unit.data),
            sector=_known(self.sector.data, SECTORS),
            tag_id=as_id(self.tag.data),
            gss_code=_known(self.area.data, self.codes),
            source=_known(self.source.data, SOURCES),
            agreed=next((one for one in AGREED if ".".join(one) == self.agreed.data), None),
            segment_id=as_id(self.segment.data),
            archived=bool(self.archived.data),
        )


class ExportForm(Confirming):
    """What contacts are taken out for. The filters of the list go with it."""

    q = HiddenField()
    segment = HiddenField()
    kind = HiddenField()
    unit = HiddenField()
    sector = HiddenField()
    tag = HiddenField()
    area = HiddenField()
    source = HiddenField()
    agreed = HiddenField()
    archived = HiddenField()
    reason = SelectField(_l("What are they for?"), validators=[Optional()], validate_choice=False)

    def offer(self) -> None:
        """Fill the choices."""
        self.reason.choices = choices(REASONS.items(), _("Choose"))


def _known(value: str | None, known: object) -> str | None:
    return value if value and value in known else None  # type: ignore[operator]
