"""Setting Arena up and showing it."""
