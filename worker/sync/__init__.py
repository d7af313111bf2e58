"""Syncing: reading streams page by page, auditing them, and recomputing what depends on them."""
