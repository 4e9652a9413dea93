"""Zips and data sets, for runners that have no other way to the blob store."""
