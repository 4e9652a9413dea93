"""Container images from folders with a Dockerfile: those of a study are in this package."""
