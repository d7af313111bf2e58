"""What people and programs are shown: typed values, read for pages, the API and assistants alike."""
