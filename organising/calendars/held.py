"""Feeds are about no supporter: each is a colleague's, and goes with the organisation's rows."""

from organising.platform.people import about_nobody

about_nobody({"calendar_feed": "which colleague follows the actions in a calendar of theirs"})
