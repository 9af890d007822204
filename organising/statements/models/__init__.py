"""A statement, its texts, who was asked about it, what they said, and whose name stands under it."""

from organising.statements.models.asked import StatementAsked, StatementNotice
from organising.statements.models.comments import StatementComment, StatementResolution
from organising.statements.models.sign_offs import StatementSignOff
from organising.statements.models.statements import Statement, StatementMoved, StatementVersion

__all__ = [
    "Statement",
    "StatementAsked",
    "StatementComment",
    "StatementMoved",
    "StatementNotice",
    "StatementResolution",
    "StatementSignOff",
    "StatementVersion",
]
