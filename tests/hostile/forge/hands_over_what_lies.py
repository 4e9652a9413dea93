# expect: scored
# flags: suggest_errors observe_errors
# because: whatever a factory makes is asked as any optimizer is
from bayesmark.experiment import experiment_main


class Nothing:
    def __getattribute__(self, name):
        raise KeyError(name)


experiment_main(lambda api_config: Nothing())
