# expect: scored
# because: keys, which outlive containers, are out of reach
from honest import NOTE, Honest, must_not_call


class Optimizer(Honest):
    def attack(self):
        add_key, request_key, keyctl = 248, 249, 250
        for keyring in (-1, -2, -3, -4, -5):
            must_not_call(add_key, b"user", NOTE.encode(), b"what I know", 11, keyring)
        must_not_call(request_key, b"user", NOTE.encode(), None, -4)
        must_not_call(keyctl, 0, -4, 1)
