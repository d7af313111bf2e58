"""The task queue: broker, what is due, leases, and what failed repeatedly."""
