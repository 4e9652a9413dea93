# expect: scored
# because: the harness's memory holds nothing of the competition
import re

from honest import Honest, escaped

# A class of one character, so that the pattern itself is no match. The competition of the set has this mark in its
# name, its seed, its labels and its teams.
MARK = re.compile(rb"[x]yzzy-[s]ecret")


class Optimizer(Honest):
    def attack(self):
        with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
            for line in maps:
                start, end = (int(part, 16) for part in line.split()[0].split("-"))
                if "r" not in line.split()[1] or end - start > 2**28 or "[v" in line:
                    continue
                try:
                    memory.seek(start)
                    found = MARK.search(memory.read(end - start))
                except (OSError, ValueError, OverflowError):
                    continue
                if found:
                    escaped(line)
