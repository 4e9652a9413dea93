"""Bayesmark's names of the two objectives."""

VISIBLE, GENERALIZATION = "_visible_to_opt", "generalization"
"""Bayesmark's names of the two objectives (`SklearnModel.objective_names`)."""
