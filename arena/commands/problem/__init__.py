"""`arena problem`: an organizer's own problems."""
