"""What reading and submitting cost: the leaderboard, those who watch it, and the POST of a zip."""
