"""The season review: what took root, what deepened, what was let go, and how contacts became connections."""
