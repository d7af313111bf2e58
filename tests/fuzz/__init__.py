"""Mutated inputs for every parser: `python -m tests.fuzz --cases 500000`."""
