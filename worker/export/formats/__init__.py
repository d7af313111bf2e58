"""File formats: JSON Lines, CSV, spreadsheets, Parquet, SQLite, calendars and contacts."""
