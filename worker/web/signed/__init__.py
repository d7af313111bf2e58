"""Signed links out of digests: a page with one button for each, which alone does something."""
