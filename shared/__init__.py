"""What two or more services agree on: messages, broker, database, outbox, blobs, settings, process, telemetry."""
