"""Talking to an IMAP server: the few commands there are, the socket that takes no others, and its answers."""
