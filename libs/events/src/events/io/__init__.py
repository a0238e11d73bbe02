"""The other half: where the library meets Postgres, NATS, HTTP, the clock and the collector."""
