"""The console: pages on which a person connects, understands, acts, corrects and exports."""
