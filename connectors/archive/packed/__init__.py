"""Zip, tar and compressed files, read as a stream and never extracted."""
