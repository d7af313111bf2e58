"""CalDAV calendars: six requests, read-only, collection by collection."""
