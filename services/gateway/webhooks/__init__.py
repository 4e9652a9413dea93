"""Telling programs of what happens, by signed requests to addresses that organizers and teams name."""
