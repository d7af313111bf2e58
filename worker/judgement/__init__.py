"""Depth and warmth of every relationship: pure assessment, and keeping it up to date."""
