"""Drives and their texts, signatures and consents; and the counter's own tables, which no login reads."""

from .alerts import AlertKind, PledgeAlert, PledgeAlertNotice
from .counting import (
    Ballot,
    Counted,
    CountedUpTo,
    DriveKey,
    Kind,
    Shown,
    Tally,
    TallyCheck,
    TallyFrozen,
    TallyPublished,
)
from .drives import DriveStatus, PledgeDrive, Sector
from .embeds import EmbedOrigin
from .invalidations import PledgeInvalidation
from .milestones import PledgeMilestone, PledgeMilestoneNotice, Told
from .paper import PaperBatch, PaperRow, PaperScan, Rejection, Verdict
from .questions import PledgeAnswer, PledgeQuestion, PledgeQuestionText, QuestionKind
from .representatives import PledgeRepresentative
from .requests import AddressChange, MailRequest
from .sign_ons import (
    PledgeSignOn,
    PledgeSignOnInside,
    PledgeSignOnInvitation,
    PledgeSignOnNotice,
    SignOnMoved,
)
from .signatures import Channel, Part, Pledge, PledgeConsent, PledgeState, Purpose, SpecialCondition
from .texts import PledgeTranslation, PledgeWording, Translated

__all__ = [
    "AddressChange",
    "AlertKind",
    "Ballot",
    "Channel",
    "Counted",
    "CountedUpTo",
    "DriveKey",
    "DriveStatus",
    "EmbedOrigin",
    "Kind",
    "MailRequest",
    "PaperBatch",
    "PaperRow",
    "PaperScan",
    "Part",
    "Pledge",
    "PledgeAlert",
    "PledgeAlertNotice",
    "PledgeAnswer",
    "PledgeConsent",
    "PledgeDrive",
    "PledgeInvalidation",
    "PledgeMilestone",
    "PledgeMilestoneNotice",
    "PledgeQuestion",
    "PledgeQuestionText",
    "PledgeRepresentative",
    "PledgeSignOn",
    "PledgeSignOnInside",
    "PledgeSignOnInvitation",
    "PledgeSignOnNotice",
    "PledgeState",
    "PledgeTranslation",
    "PledgeWording",
    "Purpose",
    "QuestionKind",
    "Rejection",
    "Sector",
    "Shown",
    "SignOnMoved",
    "SpecialCondition",
    "Tally",
    "TallyCheck",
    "TallyFrozen",
    "TallyPublished",
    "Told",
    "Translated",
    "Verdict",
]
