"""HTTP endpoints: metrics, health, and notifications from providers."""
