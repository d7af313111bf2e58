"""A Gmail mailbox as a stream: the first reading, then its history."""
