"""The catalogue of errors: TOML tables from codes to sentences, one for each family."""
