"""Email headers: charsets, encoded words, addresses, who wrote it, and automatic replies."""
