"""Assistants (MCP): tools that read a user's relationships, and act on them only with a token that allows it."""
