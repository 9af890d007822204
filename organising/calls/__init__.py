"""Calls: one action put to many units at once, each answered by one question; and calls to every partner."""
