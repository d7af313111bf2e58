"""How keepwarm writes lengths of time, dates, counts, names and errors, wherever a person reads them (pure)."""
