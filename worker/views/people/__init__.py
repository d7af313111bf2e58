"""What is shown of people: all of them, one of them, their history, and introductions."""
