"""How requests reach Google: transport, single and batched calls, and Gmail's methods."""
