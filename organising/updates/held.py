"""Updates hold nobody: who gets one stands in pledges, that it went in mailings."""

from organising.platform.people import about_nobody

about_nobody({"pledge_update": "which signers an update is for, as a question and not a list"})
