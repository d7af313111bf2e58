"""mbox files: where each email begins and ends."""
