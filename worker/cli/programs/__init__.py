"""Commands for programs that work beside you: tokens, mcp, notify, contacts."""
