"""What is shown beside a leaderboard's ranks, and the counters of the whole platform."""
