"""Pages that set something: digest and rest, notifications, tokens for programs."""
