"""Which people a digest names, and with which words of advice (pure)."""
