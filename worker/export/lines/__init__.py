"""The interactions export as text that SQLite itself writes: no object for each cell is made in between."""
