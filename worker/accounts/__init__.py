"""Connected accounts: connecting, providers, rate limits, and the consent to send."""
