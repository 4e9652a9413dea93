# expect: load_timed_out
# stage: load
# iteration: 0
# because: loading has a limit
from honest import Honest

while True:
    pass


class Optimizer(Honest):
    pass
