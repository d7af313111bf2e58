"""How relationships lead to others: introductions."""
