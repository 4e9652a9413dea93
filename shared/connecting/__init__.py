"""The start of a service: what it waits for, why, and what it says meanwhile."""
