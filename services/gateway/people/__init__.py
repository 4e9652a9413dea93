"""People: signing up and in, their teams, and what is known of them."""
