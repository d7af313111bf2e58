"""Outlook mail folders as streams, each by its delta."""
