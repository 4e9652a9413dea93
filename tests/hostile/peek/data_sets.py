# expect: scored
# because: the data sets of the black boxes are not in the image
import os

import sklearn.datasets

from honest import Honest, escaped, must_fail


class Optimizer(Honest):
    def attack(self):
        for name in ("iris", "wine", "digits", "breast_cancer", "diabetes"):
            must_fail(getattr(sklearn.datasets, "load_" + name))
        for folder, _, names in os.walk("/"):
            if folder.startswith("/proc"):
                continue
            for name in names:
                data = name.endswith((".csv", ".csv.gz", ".arff", ".data"))
                if data and any(word in name.lower() for word in ("iris", "wine", "boston", "diabetes", "cancer", "digits")):
                    escaped(folder + "/" + name)
