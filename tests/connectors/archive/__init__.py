"""Tests of the archive connector."""
