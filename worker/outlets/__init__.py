"""Telling others: webhooks, and services that Apprise knows, hear of digests, silences and accounts."""
