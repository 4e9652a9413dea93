# expect: scored
# because: the black box runs another Bayesmark than the optimizer's
from tests.support.zips import HONEST
from tests.support.zips import pack
from tests.support.zips import wheel

MODULES = {"__init__": b"", "abstract_optimizer": b"class AbstractOptimizer:\n    def __init__(self, api_config, **kw):\n        self.api_config = api_config\n", "random_search": b"from bayesmark_space import suggest_dict\n"}
SPACE = b"import random\n\ndef one(p):\n    if p['type'] == 'cat': return random.choice(p['values'])\n    if p['type'] == 'bool': return random.random() < 0.5\n    low, high = p.get('range') or (min(p['values']), max(p['values']))\n    return random.choice(p['values']) if 'values' in p else (random.randint(low, high) if p['type'] == 'int' else random.uniform(low, high))\n\ndef suggest_dict(X, y, meta, n_suggestions=1):\n    return [{k: one(p) for k, p in meta.items()} for _ in range(n_suggestions)]\n"


def build() -> bytes:
    files = {f"bayesmark/{name}.py": content for name, content in MODULES.items()} | {"bayesmark_space.py": SPACE, "bayesmark/experiment.py": b"raise SystemExit(66)\n"}
    return pack({**HONEST, "bayesmark-9-py3-none-any.whl": wheel("bayesmark", files, version="9")})
