"""What a finished competition keeps and drops."""
