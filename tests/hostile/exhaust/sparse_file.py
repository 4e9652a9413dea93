# expect: scored
# because: a file has a size even where it is empty
from honest import Honest, must_fail


class Optimizer(Honest):
    def attack(self):
        with open("/tmp/sparse", "wb") as file:
            must_fail(file.truncate, 2**40)
