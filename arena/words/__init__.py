"""The words that tables, messages, routes, commands and pages share: states, verdicts, limits, names."""
