"""Folders with one mail a file: Maildir, MH, and saved mails."""
