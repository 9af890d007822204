"""Writing representatives, areas and institutions; the caller commits."""

from organising.representatives.services.acts import import_acts
from organising.representatives.services.files import Source, import_sources, in_order
from organising.representatives.services.importing import (
    LONGEST_SALUTATION,
    check_salutation,
    import_representatives,
)
from organising.representatives.services.offices import import_offices
from organising.representatives.services.postcode_import import PostcodesResult, import_postcodes
from organising.representatives.services.postcodes import (
    AnswerKind,
    PostcodeAnswer,
    find_areas,
    find_seat_code,
)
from organising.representatives.services.questions import answer_question, ignore_question, reopen_question
from organising.representatives.services.registers import import_parliaments, import_register
from organising.representatives.services.registry import import_records
from organising.representatives.services.results import ImportResult

__all__ = [
    "LONGEST_SALUTATION",
    "AnswerKind",
    "ImportResult",
    "PostcodeAnswer",
    "PostcodesResult",
    "Source",
    "answer_question",
    "check_salutation",
    "find_areas",
    "find_seat_code",
    "ignore_question",
    "import_acts",
    "import_offices",
    "import_parliaments",
    "import_postcodes",
    "import_records",
    "import_register",
    "import_representatives",
    "import_sources",
    "in_order",
    "reopen_question",
]
