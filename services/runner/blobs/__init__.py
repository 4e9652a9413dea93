"""Zips and data sets, from the blob store or over HTTP from the gateway, to files of this runner."""
