"""IMAP mailboxes: header fields only, read-only, folder by folder."""
