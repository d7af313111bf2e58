"""Processes: scheduler, workers and their tasks, and the one-shot sync."""
