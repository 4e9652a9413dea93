# coding: klingon
# expect: does_not_load
# because: Python does not know it
x = 1
