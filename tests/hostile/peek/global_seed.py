# expect: scored
# because: its seed is not the black box's, and another zip has another
import random

import numpy as np
from honest import Honest, escaped

AT_IMPORT = np.random.get_state()[1][0], random.getrandbits(32)


class Optimizer(Honest):
    def __init__(self, api_config):
        super().__init__(api_config)
        if np.random.get_state()[1][0] != AT_IMPORT[0]:
            escaped("two seeds in one study")
