# expect: out_of_range
# stage: suggest
# iteration: 1
# because: whoever guesses a parameter's name from its range is not understood
from bayesmark.sklearn_funcs import MODELS_CLF, MODELS_REG
from honest import Honest


def guess(api_config):
    """The public space that has these ranges, its parameters in the order of the hidden ones."""
    for _, _, space in [*MODELS_CLF.values(), *MODELS_REG.values()]:
        left = dict(space)
        found = []
        for parameter in api_config.values():
            found += [name for name, each in left.items() if each == parameter][:1]
            left.pop(found[-1] if found else None, None)
        if len(found) == len(api_config) == len(space):
            return found
    return [f"guess_{name}" for name in api_config]


class Optimizer(Honest):
    def suggest(self, n_suggestions=1):
        real = dict(zip(self.api_config, guess(self.api_config)))
        return [{real[name]: value for name, value in point.items()} for point in super().suggest(n_suggestions)]
