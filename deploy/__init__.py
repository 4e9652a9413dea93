"""Sets Arena up on a machine, and shows the demo."""
