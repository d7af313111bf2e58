"""Who is who: one form for each mailbox, machines told from humans, and the people behind the addresses."""
