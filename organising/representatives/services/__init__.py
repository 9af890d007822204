"""Writing representatives, areas and institutions; the caller commits."""

from organising.representatives.services.importing import (
    LONGEST_SALUTATION,
    ImportResult,
    check_salutation,
    import_representatives,
)

__all__ = [
    "LONGEST_SALUTATION",
    "ImportResult",
    "check_salutation",
    "import_representatives",
]
