"""The going-cold digest: who to name, why, and how it looks."""
