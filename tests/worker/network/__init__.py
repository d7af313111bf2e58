"""Tests of worker/network."""
