"""An organizer's own problem family: a folder that becomes an image, and the check that it passes first."""
