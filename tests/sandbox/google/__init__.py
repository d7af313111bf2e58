"""A local Google for tests and the demo: OAuth, Gmail and Calendar over real HTTP, with the real rules and quotas."""
