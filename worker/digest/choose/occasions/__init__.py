"""What can be a reason for a line: one module each, all pure."""
