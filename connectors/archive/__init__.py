"""Archives: files that hold mail and calendars, read where they lie, without any provider."""
