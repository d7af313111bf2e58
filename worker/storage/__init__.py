"""The database: engine, transactions, bulk rows, migrations, clock, and how long rows are kept."""
