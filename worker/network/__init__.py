"""How relationships lead to each other: introductions."""
