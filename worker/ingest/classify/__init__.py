"""The decision about one record: an interaction, or skipped with a reason (pure)."""
