"""Every change of the schema, in order; run by `keepwarm db upgrade`."""
