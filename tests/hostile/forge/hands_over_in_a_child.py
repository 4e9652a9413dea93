# expect: scored
# because: a child has the same two streams and no more, and its parent only waits
import os

from bayesmark.experiment import experiment_main

from honest import Honest


class Optimizer(Honest):
    pass


child = os.fork()
if child == 0:
    experiment_main(Optimizer)
    os._exit(0)
os.waitpid(child, 0)
os._exit(0)
