"""Pages that let someone in: one-time links, passkeys, their organization."""
