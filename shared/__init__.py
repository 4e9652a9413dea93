"""What two or more services agree on: words, messages, settings, broker, database, seeds, telemetry."""
