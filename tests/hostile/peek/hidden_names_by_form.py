# expect: scored
# because: how a parameter is written tells its type, space and range, and not which it is
from honest import Honest, escaped

FORMS = {("type", "space", "range"), ("type", "range"), ("type", "values"), ("type",), ("type", "space", "values")}


class Optimizer(Honest):
    def __init__(self, api_config):
        super().__init__(api_config)
        names = list(api_config)
        if names != sorted(names) or names != [f"x{number}" for number in range(len(names))]:
            escaped(("an order", names))
        for name, parameter in api_config.items():
            if tuple(parameter) not in FORMS or parameter.get("space") not in {None, "linear", "log", "logit", "bilog"}:
                escaped((name, parameter))
            if any(type(value) not in {int, float, str, bool} for value in (*parameter.get("range", ()), *parameter.get("values", ()))):
                escaped(("a type of its own", parameter))
