"""Meetings that repeat, move and are retired: what one showing says of others."""
