"""iCalendar (RFC 5545) as records, for every connector that meets it: files, addresses, collections. See `read`."""
