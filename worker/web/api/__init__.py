"""The API: people, history, digests, actions, status and exports for programs, with tokens."""
