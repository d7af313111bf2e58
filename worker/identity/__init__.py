"""Who is who: the addresses of one person put together, and finding the person someone means."""
