"""What the world may reach over HTTP."""
