"""What runs: actors, scheduler, worker processes, and one-shot syncs."""
