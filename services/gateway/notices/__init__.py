"""What people are told: by e-mail, on the site, and by webhooks."""
