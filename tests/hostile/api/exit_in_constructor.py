# expect: constructor_raised
# because: so is one that exits
import sys

from honest import Honest


class Optimizer(Honest):
    def __init__(self, api_config):
        sys.exit(0)
