"""Calendars of actions: month, week and list, the map, what is near a postcode, and feeds for other calendars."""
