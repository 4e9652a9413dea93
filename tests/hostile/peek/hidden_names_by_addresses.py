# expect: scored
# alike: yes
# because: hashes, and the names that the interpreter has interned, are the same in every black box
import gc
import sys

from honest import Honest


class Optimizer(Honest):
    def __init__(self, api_config):
        super().__init__(api_config)
        print([hash(name) for name in ("x0", "n_neighbors", "alpha")], sys.flags, sys.hash_info, len(sys._current_frames()))
        print(sorted({name for item in gc.get_objects() if type(item) is dict for name in item if type(name) is str and name in {"n_neighbors", "alpha", "max_iter"}}))
