"""Forms of what is prepared before an action, of templates and of approving several at once."""

from pathlib import PurePath
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, FieldList, Form, FormField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from organising.organisations.models import Ask
from organising.platform.actor import Actor
from organising.platform.form_parts import VersionField, choices
from organising.platform.given import as_id, as_version

from . import queries
from .forms import WhatWhenWhere, stripped
from .models import ActionRisk, ActionTemplate
from .preparing_words import LIKELIHOODS, PARTS, SEVERITIES
from .services import Material, Risk, RoleDraft, TemplateDraft, Upload
from .services.preparing import LONGEST_CONTROL, LONGEST_WORDS
from .services.roles import LONGEST as LONGEST_ROLE
from .services.templates import LONGEST as LONGEST_TEMPLATE
from .words import KINDS

EMPTY_ROWS = 2
MIDDLE = 3


def _degree(value: Any) -> int:
    """A degree from 1 to 5; what can't be read is 0, which the service refuses."""
    return int(value) if str(value).isdecimal() and len(str(value)) == 1 else 0


class RiskRow(Form):
    """One risk."""

    hazard = StringField(_l("What could happen?"), filters=[stripped], validators=[Length(max=LONGEST_WORDS)])
    likelihood = SelectField(
        _l("How likely"),
        choices=choices((str(n), words) for n, words in LIKELIHOODS.items()),
        coerce=_degree,
        validate_choice=False,
    )
    severity = SelectField(
        _l("How bad"),
        choices=choices((str(n), words) for n, words in SEVERITIES.items()),
        coerce=_degree,
        validate_choice=False,
    )
    control = TextAreaField(
        _l("What is done about it"), filters=[stripped], validators=[Length(max=LONGEST_CONTROL)]
    )
    owner = StringField(_l("Who sees to it"), filters=[stripped], validators=[Length(max=LONGEST_WORDS)])


class Risks(FlaskForm):
    """Rows of risks; a row without words is no row."""

    rows = FieldList(FormField(RiskRow))

    def show(self, risks: list[dict[str, Any]]) -> None:
        """Show rows, and a few empty ones after them."""
        for one in [*risks, *({"likelihood": MIDDLE, "severity": MIDDLE} for _ in range(EMPTY_ROWS))]:
            self.rows.append_entry(one)

    def risks(self) -> list[Risk]:
        """The rows that say something."""
        return [
            Risk(
                row["hazard"] or "",
                row["likelihood"] or 0,
                row["severity"] or 0,
                row["control"] or "",
                row["owner"] or "",
            )
            for row in self.rows.data
            if row["hazard"]
        ]

    def tell_lengths(self) -> None:
        """Say once above the form what the rows say each."""
        self.form_errors.append(
            gettext("Use at most %(most)s characters in each field of a row.", most=LONGEST_WORDS)
        )
        for entry in self.rows:
            for field in entry.form:
                field.errors = []


class RisksForm(Risks):
    """The risk assessment of an action, as it was opened."""

    version = VersionField()


def risk_values(rows: Any) -> list[dict[str, Any]]:
    """Rows as the form shows them."""
    names = ("hazard", "likelihood", "severity", "control", "owner")
    return [
        {name: getattr(row, name) if isinstance(row, ActionRisk) else row.get(name, "") for name in names}
        for row in rows
    ]


class ChecklistForm(FlaskForm):
    """The checklist, a line for each thing to do."""

    lines = TextAreaField(_l("One thing to do in each line"))

    def wordings(self) -> list[str]:
        """The lines that say something."""
        return [line.strip() for line in (self.lines.data or "").splitlines() if line.strip()]


class TickForm(FlaskForm):
    """The boxes of a checklist; ``shown`` names those that the page showed ticked."""

    def given(self, name: str) -> set[UUID]:
        """The ids given under a name."""
        return {one for one in map(as_id, request.form.getlist(name)) if one is not None}


class RoleForm(FlaskForm):
    """A task at an action and who does it."""

    part = SelectField(_l("Task"), validators=[InputRequired(_l("Choose a task."))])
    user = SelectField(_l("A colleague"), validators=[Optional()])
    name = StringField(
        _l("Or somebody by name"), filters=[stripped], validators=[Length(max=LONGEST_ROLE["name"])]
    )
    ask = SelectField(_l("Which ask do they raise?"), validators=[Optional()])
    note = StringField(_l("Note"), filters=[stripped], validators=[Length(max=LONGEST_ROLE["note"])])
    tell = WhatWhenWhere.tell

    def offer(self, actor: Actor, asks: list[Ask]) -> None:
        """Fill the choices."""
        self.part.choices = [("", gettext("Choose"))] + [(str(p), str(words)) for p, words in PARTS.items()]
        self.user.choices = [("", gettext("Choose"))] + [
            (str(user.id), user.display_name) for user in queries.list_possible_leads(actor)
        ]
        self.ask.choices = [("", gettext("None"))] + [(str(a.id), f"{a.code} · {a.wording}") for a in asks]

    def draft(self) -> RoleDraft:
        """The task as it was filled in."""
        return RoleDraft(
            self.part.data,
            as_id(self.user.data),
            self.name.data or "",
            as_id(self.ask.data),
            self.note.data or "",
        )


class MaterialForm(FlaskForm):
    """A material: a file, or an address on the web. Without a name it is called like its file."""

    title = StringField(_l("What is it?"), filters=[stripped], validators=[Length(max=LONGEST_WORDS)])
    link = StringField(_l("Or its address on the web"), filters=[stripped], validators=[Length(max=2000)])
    file = FileField(_l("A file"))
    tell = WhatWhenWhere.tell

    def material(self) -> Material:
        """The material as it was filled in."""
        upload = self.upload()
        named = PurePath(upload.name).stem[:LONGEST_WORDS] if upload else ""
        return Material(self.title.data or named, self.link.data or "", upload)

    def upload(self) -> Upload | None:
        """The file that was sent, where one was."""
        given = self.file.data
        return Upload(given.stream, given.filename or "") if given else None


class CommentForm(FlaskForm):
    """A comment without a decision."""

    comment = TextAreaField(_l("Comment"), validators=[Length(max=2000)])


class QueueForm(FlaskForm):
    """Those that are approved together: boxes with the version that was seen."""

    comment = TextAreaField(_l("Comment to all of them"), validators=[Length(max=2000)])

    def seen(self) -> dict[UUID, int]:
        """What was ticked, with the version that the page showed."""
        pairs = (one.partition(":") for one in request.form.getlist("seen"))
        found = ((as_id(action_id), as_version(version)) for action_id, _, version in pairs)
        return {action_id: version for action_id, version in found if action_id is not None}


class TemplateForm(Risks):
    """A template: a kind, its words, a checklist, materials, risks."""

    kind = SelectField(_l("For which kind of action?"), validators=[InputRequired(_l("Choose a kind."))])
    name = StringField(
        _l("Name"),
        filters=[stripped],
        validators=[InputRequired(_l("Give it a name.")), Length(max=LONGEST_TEMPLATE["name"])],
    )
    for_coalition = BooleanField(_l("Every partner may use it"))
    summary = TextAreaField(
        _l("What the public reads"), filters=[stripped], validators=[Length(max=LONGEST_TEMPLATE["summary"])]
    )
    advice = TextAreaField(
        _l("Advice to those who plan"),
        filters=[stripped],
        validators=[Length(max=LONGEST_TEMPLATE["advice"])],
    )
    checklist = TextAreaField(_l("Checklist"))
    materials = TextAreaField(_l("Materials"))
    version = VersionField()
    tell = WhatWhenWhere.tell

    def offer(self) -> None:
        """Fill the choices."""
        self.kind.choices = [("", gettext("Choose"))] + [(str(k), str(words)) for k, words in KINDS.items()]

    def draft(self) -> TemplateDraft:
        """The template as it was filled in."""
        return TemplateDraft(
            kind=self.kind.data,
            name=self.name.data or "",
            for_coalition=self.for_coalition.data,
            summary=self.summary.data,
            advice=self.advice.data,
            checklist=tuple(_lines(self.checklist.data)),
            materials=tuple(map(_as_material, _lines(self.materials.data))),
            risks=tuple(self.risks()),
        )


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _as_material(line: str) -> Material:
    """A line such as "Leaflet, A5 https://example.org/leaflet.pdf": words, and the address at its end."""
    title, _, link = line.rpartition(" ")
    return Material(title.strip() or link, link)


def template_values(template: ActionTemplate) -> dict[str, Any]:
    """What the form shows of a template."""
    return {
        "kind": template.kind,
        "name": template.name,
        "for_coalition": template.for_coalition,
        "summary": template.summary,
        "advice": template.advice,
        "checklist": "\n".join(template.checklist),
        "materials": "\n".join(f"{one['title']} {one['link']}" for one in template.materials),
        "version": template.version,
    }
