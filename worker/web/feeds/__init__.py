"""Addresses that a phone subscribes to: the people you know, read-only, by a token in the address."""
