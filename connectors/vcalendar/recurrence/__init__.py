"""Recurrence rules (RFC 5545 3.3.10, RFC 7529): `rule.parse` reads one, `expand.starts` gives when it falls."""
