"""What must not be stored: forgotten people, and what others wrote of them (pure)."""
