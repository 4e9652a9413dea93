# expect: constructor_raised
# stage: construct
# iteration: 0
# because: a constructor that raises is fatal
from honest import Honest


class Optimizer(Honest):
    def __init__(self, api_config):
        raise ValueError("mine")
