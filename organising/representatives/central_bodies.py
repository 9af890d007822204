"""The bodies of government that the campaign's asks name, which no open register lists."""

from __future__ import annotations

from datetime import date

from organising.representatives.readers.institutions import institution_key
from organising.representatives.readers.register_records import BODIES, InstitutionRecord, RegisterRecords

_ENGLAND = institution_key("department", "NHS England")
# GOV.UK, list of organisations; NHS Digital became part of NHS England on 1 February 2023 (S.I. 2023/98).
_BODIES = (
    ("Home Office", "https://www.gov.uk/government/organisations/home-office", None, None),
    (
        "Department for Education",
        "https://www.gov.uk/government/organisations/department-for-education",
        None,
        None,
    ),
    (
        "Department of Health and Social Care",
        "https://www.gov.uk/government/organisations/department-of-health-and-social-care",
        None,
        None,
    ),
    ("NHS England", "https://www.england.nhs.uk", None, None),
    ("NHS Digital", "https://digital.nhs.uk", date(2023, 1, 31), _ENGLAND),
)


def central_bodies() -> RegisterRecords:
    """The built-in institutions, in the records that readers produce, so the same import applies them."""
    return RegisterRecords(
        "built_in",
        BODIES,
        institutions=tuple(
            InstitutionRecord(
                key=institution_key("department", name),
                kind="department",
                name=name,
                place=name,
                role="adds",
                website=website,
                ended_on=ended,
                successor_key=successor,
            )
            for name, website, ended, successor in _BODIES
        ),
    )
