"""Commands about people: people, show, explain, ask, snooze and the like."""
