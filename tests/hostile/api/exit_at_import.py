# expect: does_not_load
# stage: load
# because: an import that exits does not load
import sys

sys.exit("mine")
