"""Pure rules that the platform and its clients apply alike: what a zip, a data set or a competition may be, and seeds."""
