"""Which constituency a postcode lies in: from the loaded table, else from the service that the settings name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import structlog
from flask import current_app

from organising.platform.clock import today
from organising.representatives import postcode_format as written
from organising.representatives.postcode_service import PostcodeService, ServiceUnavailable
from organising.representatives.queries.postcodes import (
    AreaCodes,
    AreaFound,
    Located,
    find_code,
    locate_codes,
    locate_postcode,
)

log = structlog.get_logger()


class AnswerKind(StrEnum):
    FOUND = "found"
    TERMINATED = "terminated"
    NO_CONSTITUENCY = "no_constituency"
    UNKNOWN_CONSTITUENCY = "unknown_constituency"
    NOT_IN_TABLE = "not_in_table"
    NORTHERN_IRELAND = "northern_ireland"
    CROWN_DEPENDENCY = "crown_dependency"
    OVERSEAS = "overseas"
    NOT_A_POSTCODE = "not_a_postcode"
    NO_TABLE = "no_table"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class PostcodeAnswer:
    """What is known of a postcode. ``constituency`` is set for FOUND, and for TERMINATED where the table has it.

    ``postcode`` is in its usual form, or as typed where it is none; ``reason`` then says why. ``code`` is the
    constituency's GSS code where the table or the service gave one.
    """

    kind: AnswerKind
    postcode: str
    constituency: AreaFound | None = None
    other_areas: tuple[AreaFound, ...] = ()
    terminated_on: date | None = None
    code: str = ""
    reason: str = ""

    @property
    def is_found(self) -> bool:
        """Whether the constituency is certain today."""
        return self.kind is AnswerKind.FOUND


def find_areas(
    text: str, *, on: date | None = None, service: PostcodeService | None = None
) -> PostcodeAnswer:
    """The constituency and other areas of a postcode, and who sits there. Never a guess from its first half.

    The service (``POSTCODES_URL`` unless given) is asked only where the table does not know the postcode; it may take
    three seconds. Raises nothing.
    """
    try:
        postcode = written.parse_postcode(text)
    except written.NotAPostcode as error:
        return PostcodeAnswer(AnswerKind.NOT_A_POSTCODE, text.strip(), reason=str(error))
    key, letters, on = written.key_of(postcode), written.area_letters(postcode), on or today()
    if letters in written.CROWN_DEPENDENCIES:
        reason = written.CROWN_DEPENDENCIES[letters]
        return PostcodeAnswer(AnswerKind.CROWN_DEPENDENCY, postcode, reason=reason)
    if letters in (written.FORCES, "BFPO") or key in written.OVERSEAS:
        return PostcodeAnswer(AnswerKind.OVERSEAS, postcode)
    located = locate_postcode(key, on=on)
    if located.code is not None:
        return _answer(postcode, located)
    service = service or _configured()
    if service is not None:
        asked = _ask(service, postcode, on)
        if asked is not None:
            return asked
    elif not located.is_loaded:
        return PostcodeAnswer(AnswerKind.NO_TABLE, postcode)
    if letters == written.NORTHERN_IRELAND:
        return PostcodeAnswer(AnswerKind.NORTHERN_IRELAND, postcode)
    return PostcodeAnswer(AnswerKind.NOT_IN_TABLE, postcode)


def find_seat_code(text: str, *, on: date | None = None) -> str | None:
    """The GSS code of the constituency that a postcode lies in today, from the loaded table alone: no service is asked.

    None where the table is not certain of it. Raises nothing, so it can stand in a public request.
    """
    try:
        key = written.key_of(written.parse_postcode(text))
    except written.NotAPostcode:
        return None
    return find_code(key, on=on or today())


def _answer(postcode: str, located: Located) -> PostcodeAnswer:
    answer = PostcodeAnswer(
        AnswerKind.FOUND,
        postcode,
        located.constituency,
        located.others,
        located.terminated_on,
        located.code or "",
    )
    if located.terminated_on is not None:
        return replace(answer, kind=AnswerKind.TERMINATED)
    if not located.code:
        return replace(answer, kind=AnswerKind.NO_CONSTITUENCY)
    if located.constituency is None:
        return replace(answer, kind=AnswerKind.UNKNOWN_CONSTITUENCY)
    return answer


def _ask(service: PostcodeService, postcode: str, on: date) -> PostcodeAnswer | None:
    """The service's answer, None where it knows no such postcode."""
    try:
        said = service.find(postcode)
    except ServiceUnavailable as error:
        log.warning("postcodes.unavailable", reason=str(error))
        return PostcodeAnswer(AnswerKind.UNAVAILABLE, postcode)
    if said is None:
        return None
    if said.terminated_on is not None:
        return PostcodeAnswer(AnswerKind.TERMINATED, postcode, terminated_on=said.terminated_on)
    return _answer(postcode, locate_codes(AreaCodes(said.constituency, said.others), on=on))


def _configured() -> PostcodeService | None:
    url = current_app.config["SETTINGS"].postcodes_url
    return PostcodeService(url) if url else None
