"""What the platform costs while nobody uses it: CPU and memory."""
