"""Connectors: each provider's email and calendars as the same records; no tables, no queue, no stored secrets."""
