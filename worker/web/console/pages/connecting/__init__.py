"""Pages that connect something: every way in, consent at a provider, files."""
