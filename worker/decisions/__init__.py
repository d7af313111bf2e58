"""What the user decides about people: stored, carried out, and respected by every recomputation."""
