# expect: scored
# flags: timed_out
# because: it is cut off, and nothing is the best that it found
from honest import Honest


class Optimizer(Honest):
    def __init__(self, api_config):
        while True:
            pass
