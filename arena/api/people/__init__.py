"""People: signing up, their teams and tokens, and what organizers see of them."""
