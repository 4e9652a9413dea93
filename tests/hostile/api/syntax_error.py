# expect: does_not_load
# because: it is not Python
def suggest(:
