"""Pages that let somebody in: one-time links, passkeys, their organization."""
