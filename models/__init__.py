"""What keepwarm knows: words, records and tables. No network, queue, clock or environment in here."""
