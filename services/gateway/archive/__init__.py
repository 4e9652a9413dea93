"""What the archive of a finished competition is made of."""
