"""Which mail and calendar service an address is at: a table, the DNS, and what its domain publishes."""
