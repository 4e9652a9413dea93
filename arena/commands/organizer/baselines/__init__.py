"""`arena baseline` and its commands."""
