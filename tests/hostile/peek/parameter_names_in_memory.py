# expect: scored
# because: what the harness was sent has no name of a parameter
import re

from honest import Honest, escaped

# A class of one character, so that the pattern itself is no match.
MARK = re.compile(rb'"(?:n_neighbor[s]|alph[a]|fit_intercep[t]|normaliz[e]|max_ite[r]|to[l]|positiv[e])": ?[{]"typ[e]"')
SEEN = re.compile(rb'"x[0]": ?[{]"typ[e]"')


class Optimizer(Honest):
    def attack(self):
        seen = 0
        with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
            for line in maps:
                start, end = (int(part, 16) for part in line.split()[0].split("-"))
                if "r" not in line.split()[1] or end - start > 2**28 or "[v" in line:
                    continue
                try:
                    memory.seek(start)
                    content = memory.read(end - start)
                except (OSError, ValueError, OverflowError):
                    continue
                if found := MARK.search(content):
                    escaped((line, found))
                seen += len(SEEN.findall(content))
        print("requests found:", seen)
