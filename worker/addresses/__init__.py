"""What an email address is: one mailbox in several spellings, a person's or a machine's (pure)."""
