"""Calendars by their secret addresses: one file each, fetched again as it changes."""
