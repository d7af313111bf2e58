"""How rows are written: text, spreadsheets, Parquet, calendars, contacts and SQLite."""
