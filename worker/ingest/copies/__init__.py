"""Several copies of one email or meeting: which version holds, and how they merge (pure)."""
