# expect: scored
# runsc: scored process_died out_of_memory
# because: workers of a process pool are processes, and count; those that do not fit are the team's to miss
import multiprocessing

from honest import Honest


class Optimizer(Honest):
    def attack(self):
        context = multiprocessing.get_context("fork")
        workers = [context.Process(target=sum, args=([1],), daemon=True) for _ in range(200)]
        try:
            for worker in workers:
                worker.start()
        except OSError as error:
            print(error)
        for worker in workers:
            if worker.pid:
                worker.join()
