"""The container engine's edge: containers, their streams, what they use and why they end."""
