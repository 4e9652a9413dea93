# expect: constructor_raised
# stage: construct
# because: a constructor takes the search space
from honest import Honest


class Optimizer(Honest):
    def __init__(self):
        pass
