# expect: does_not_load
# stage: load
# iteration: 0
# because: an import that raises does not load
raise ValueError("mine")
