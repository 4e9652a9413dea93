# expect: scored
# because: /sys is read-only
import os

from honest import Honest, must_fail


class Optimizer(Honest):
    def attack(self):
        tried = 0
        for folder, folders, names in os.walk("/sys"):
            for name in names:
                tried += 1
                must_fail(open, os.path.join(folder, name), "w")
            if tried > 5000:
                break
