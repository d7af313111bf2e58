"""The application: settings, wiring, users, secrets, logs and metrics."""
