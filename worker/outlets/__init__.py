"""Notifications for other programs: webhooks and Apprise services get digests, silences and account troubles."""
