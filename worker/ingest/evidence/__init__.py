"""What is learned about addresses: pieces of evidence, what follows from them, and how it is taken back."""
