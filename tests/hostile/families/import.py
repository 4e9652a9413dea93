# refused: does_not_import
# point: no
# because: what it imports is not in requirements.txt
import shapely
