"""The catalogue of errors: a TOML table for each family from codes to sentences, and what fills them in."""
