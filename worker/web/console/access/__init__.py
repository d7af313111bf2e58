"""Who may come in: sessions, one-time links, invitations, passkeys, OpenID Connect, and the record of it."""
