# expect: scored
# because: its folders have a size
import os

from honest import Honest, escaped


class Optimizer(Honest):
    def attack(self):
        for folder in ("/tmp", "/submission", "/dev/shm"):
            try:
                with open(folder + "/big", "wb", buffering=0) as file:
                    for _ in range(2**14):
                        if file.write(bytes(2**20)) < 2**20:
                            break
                    else:
                        escaped(folder)
            except OSError:
                pass
            os.unlink(folder + "/big")
