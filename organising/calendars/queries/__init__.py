"""Reading calendars."""
