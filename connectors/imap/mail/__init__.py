"""From folders to pages of records: which folders are read, and what is new in one of them."""
