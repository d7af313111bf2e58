"""Taking the history out, whole and exact."""
