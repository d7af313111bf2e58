"""Rules: data that turn facts into contributions with reasons."""
