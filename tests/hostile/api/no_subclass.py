# expect: does_not_load
# stage: load
# because: there is nothing to construct
class Optimizer:
    pass
