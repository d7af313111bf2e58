"""What the user decides about people, and carrying it out."""
