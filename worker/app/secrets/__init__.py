"""Keys and what they seal, in files that nobody else can read."""
