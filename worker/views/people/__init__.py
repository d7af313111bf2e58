"""What is shown of people: all of them, one of them, their history, and who introduced whom."""
