"""The pure decision over one record: an interaction, or skipped with a reason."""
