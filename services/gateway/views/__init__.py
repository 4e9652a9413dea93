"""What the counting submissions of a phase show beside their ranks."""
