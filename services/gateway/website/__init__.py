"""The website: pages that the gateway renders, and the files that they load."""
