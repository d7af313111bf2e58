"""Keys and what they seal, in files that no one else can read."""
