"""Backups: the database and the blobs of a platform in a folder, and back again."""
