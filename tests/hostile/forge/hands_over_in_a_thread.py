# expect: scored
# because: it is asked in the thread that hands over, and answers there
import threading

from bayesmark.experiment import experiment_main

from honest import Honest


class Optimizer(Honest):
    pass


thread = threading.Thread(target=experiment_main, args=(Optimizer,))
thread.start()
thread.join()
