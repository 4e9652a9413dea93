# expect: does_not_load
# because: an imported class is not defined in optimizer.py
from honest import Honest  # noqa: F401
