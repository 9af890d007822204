"""What the tables of lobbying have in common: whose a shared row is, whom it is about, what it hangs on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from organising.organisations.models import Organisation
from organising.representatives.models import Institution, Person


def in_campaign() -> ForeignKeyConstraint:
    """A shared row's author takes part in its campaign."""
    return ForeignKeyConstraint(
        ["campaign_id", "organisation_id"], ["campaign_member.campaign_id", "campaign_member.organisation_id"]
    )


def of_unit() -> ForeignKeyConstraint:
    """An owned row's unit is of the same organisation."""
    return ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"])


def own_engagement(**options: Any) -> ForeignKeyConstraint:
    """The engagement that a row hangs on is of the same organisation."""
    return ForeignKeyConstraint(
        ["engagement_id", "organisation_id"], ["engagement.id", "engagement.organisation_id"], **options
    )


def one_subject() -> CheckConstraint:
    """A row of :class:`AboutSubject` is about a person or an institution, never both."""
    return CheckConstraint("num_nonnulls(person_id, institution_id) = 1", name="subject")


class Authored:
    """A shared row's author, by organisation: a public name, not a person."""

    @declared_attr
    def organisation(self) -> Mapped[Organisation]:
        return relationship(
            Organisation,
            primaryjoin=f"foreign({self.__name__}.organisation_id) == Organisation.id",  # type: ignore[attr-defined]
            viewonly=True,
        )


class AboutSubject:
    """A row about a target's subject: a person in office, or an institution. Add :func:`one_subject`."""

    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    institution_id: Mapped[UUID | None] = mapped_column(ForeignKey("institution.id"))

    @declared_attr
    def person(self) -> Mapped[Person | None]:
        return relationship(Person, viewonly=True)

    @declared_attr
    def institution(self) -> Mapped[Institution | None]:
        return relationship(Institution, viewonly=True)

    @property
    def subject_name(self) -> str:
        """The name of whom it is about."""
        subject = self.person or self.institution
        return subject.name if subject else ""
