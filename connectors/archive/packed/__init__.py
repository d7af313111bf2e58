"""Archives within one file, zip and tar, read as a stream and never extracted; compressed files."""
