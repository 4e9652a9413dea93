# expect: scored
# because: shared memory is the container's own, 64 MiB of it, and gone with it
from honest import Honest, escaped

MEGABYTE = bytes(2**20)


class Optimizer(Honest):
    def attack(self):
        written = 0
        try:
            for number in range(200):
                with open(f"/dev/shm/torch_{number}", "wb", 0) as file:
                    written += file.write(MEGABYTE)
        except OSError as error:
            print(written, error)
        if written > 64 * len(MEGABYTE):
            escaped(f"{written} bytes of shared memory")
