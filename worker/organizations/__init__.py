"""Organizations: connected once by an administrator, with notice to every person, whose word wins; and team views."""
