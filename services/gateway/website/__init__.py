"""The website: pages that the gateway renders, and the files that they load. `add_website` is in `app.py`'s reach."""
