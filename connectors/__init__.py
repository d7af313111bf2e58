"""How keepwarm hears: each provider turned into records. No tables, no queue, no secrets at rest."""
