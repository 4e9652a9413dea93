"""A finished competition in a folder: everything to recompute it, made and verified."""
