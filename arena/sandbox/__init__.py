"""A study between two containers: what the runner and `arena check` both run."""
