"""Sending a digest exactly once, at the reader's hour, through an account or a mail server."""
