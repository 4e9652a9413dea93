"""Pure rules that the platform and its clients apply alike: what a zip, data set or competition may be, and seeds."""
