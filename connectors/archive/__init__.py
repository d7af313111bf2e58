"""Files as accounts: mailboxes, calendars, Takeout and exports, read where they are."""
