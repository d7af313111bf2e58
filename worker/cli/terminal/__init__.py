"""What every command shares: options, printing, errors, and the database it opens."""
