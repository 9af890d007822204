"""Pledges' pages: the public's in ``public``, a signer's own in ``signature``, the organisations' in ``tally`` and
``signers``, the coordinator's in the others.
"""

from .. import panels  # noqa: F401 (it registers what other pages show)
from ..queries import questions_of_contacts  # noqa: F401 (it registers what segments ask)
from . import (
    alerts,
    counts,
    dates,
    drives,
    embedded,
    embeds,
    figures,
    invalidations,
    looks,
    milestones,
    paper,
    paper_checks,
    paper_rows,
    paper_sheet,
    poster,
    public,
    questions,
    representatives,
    sign_ons,
    signature,
    signers,
    stall,
    tally,
    translations,
)
from .blueprint import blueprint

__all__ = [
    "alerts",
    "blueprint",
    "counts",
    "dates",
    "drives",
    "embedded",
    "embeds",
    "figures",
    "invalidations",
    "looks",
    "milestones",
    "paper",
    "paper_checks",
    "paper_rows",
    "paper_sheet",
    "poster",
    "public",
    "questions",
    "representatives",
    "sign_ons",
    "signature",
    "signers",
    "stall",
    "tally",
    "translations",
]
