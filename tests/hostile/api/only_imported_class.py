# expect: scored
# because: it is the one class among the names of optimizer.py
from honest import Honest  # noqa: F401
