"""Google calendars as streams."""
