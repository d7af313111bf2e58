"""The parts of reading a mail's headers: charsets, encoded words, single addresses, who wrote it, automatic replies."""
