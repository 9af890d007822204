"""What everybody's list of bodies that carried is narrowed to."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import Optional

from organising.motions.forum_words import FORUMS
from organising.motions.queries import named
from organising.motions.states import Forum
from organising.platform.form_parts import choices
from organising.platform.forms import Form


class PublicBodiesForm(Form):
    """By kind of body and region."""

    class Meta(Form.Meta):
        csrf = False

    forum = SelectField(_l("Kind of body"), [Optional()])
    region = SelectField(_l("Region"), [Optional()])

    def offer(self, regions: Sequence[str]) -> None:
        """Fill the choices."""
        self.forum.choices = choices(FORUMS.items(), _("All kinds"))
        self.region.choices = choices(((one, one) for one in regions), _("All regions"))

    @property
    def chosen_forum(self) -> str:
        """The kind; what is none of the list's counts as nothing."""
        return self.forum.data if self.forum.data in list(Forum) else ""

    @property
    def chosen_region(self) -> str:
        """The region, likewise."""
        known = [str(one.value) for one in self.region.choices or ()]  # type: ignore[union-attr]
        return self.region.data if self.region.data in known else ""

    def named(self) -> named.Filters:
        """The filters of the public's list."""
        return named.Filters(self.chosen_forum, self.chosen_region)
