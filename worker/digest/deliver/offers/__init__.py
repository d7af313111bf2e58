"""What a digest offers its reader to do: actions by email or link, and the way out."""
