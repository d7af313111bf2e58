"""The Outlook calendar as a stream, read window by window."""
