"""Folders with one email in each file: Maildir, MH, and saved emails."""
