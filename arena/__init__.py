"""`arena`: the command line of participants and organizers, a client of the HTTP API."""
