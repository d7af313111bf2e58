"""How requests reach Microsoft Graph: HTTP, single and batched calls, pages and wire types."""
