"""Taking the history out: rows read in constant memory, written as JSON Lines or CSV."""
