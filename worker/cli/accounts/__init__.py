"""Commands about accounts: connect, sync, status, retry, disconnect."""
