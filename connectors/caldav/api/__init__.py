"""Talking to a CalDAV server: its few requests, and what its answers say."""
