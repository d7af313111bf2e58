"""What several records tell of one email or meeting: which version holds, and how they merge (pure)."""
