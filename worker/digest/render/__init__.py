"""A digest as terminal text, plain text, HTML and JSON."""
