"""The queue and who may work on what: broker, due streams, leases, dead letters."""
