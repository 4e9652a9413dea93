"""Every request, response and live message of the HTTP API, defined once for the gateway and its clients."""
