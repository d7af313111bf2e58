"""A local Microsoft: Entra ID and Graph over TLS, with the rules, refusals and faults of the real ones."""
