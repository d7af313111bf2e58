"""Time zones of calendars (RFC 5545 3.6.5): defined in the file, or known by one of their many names."""
