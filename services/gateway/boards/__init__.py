"""Boards: rankings of a phase's submissions by rules of their own."""
