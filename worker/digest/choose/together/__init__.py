"""Who belongs together: one person at two addresses, a team that ends, who writes for whom or follows whom (pure)."""
