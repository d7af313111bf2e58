"""Email addresses: which spellings are one mailbox, and whether it is a person's or a machine's (pure)."""
