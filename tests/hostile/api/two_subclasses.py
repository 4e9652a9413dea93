# expect: does_not_load
# because: nobody knows which one is meant
from honest import Honest


class One(Honest):
    pass


class Other(Honest):
    pass
