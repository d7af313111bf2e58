"""Records, tables and enumerations. No network, queue, clock or environment."""
