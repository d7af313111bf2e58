"""Outlook mail and calendar through Microsoft Graph."""
