"""Exports: rows read in constant memory, and written in the format that was asked for."""
