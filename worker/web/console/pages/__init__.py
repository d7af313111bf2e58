"""The pages of the console, one module for each entry of its menu; each says which addresses it answers."""
