# expect: constructor_raised
# because: keywords of config.json do not take the place of the search space
import json

from tests.support.zips import HONEST
from tests.support.zips import pack


def build() -> bytes:
    return pack({**HONEST, "config.json": json.dumps({"own": ["optimizer.py", {"api_config": {}}]})})
