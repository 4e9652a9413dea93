"""What organizers tell everybody, on the site, by e-mail and by webhooks."""
