# expect: scored
# because: what a compiler keeps for the next time is gone the next time
import os
import pathlib

from honest import NOTE, Honest, escaped

PLACES = ("/tmp/torchinductor", "/tmp/numba_cache", "~/.cache/torch/kernels", "~/.triton/cache", "~/.cache/pip", "~/.local/lib")


class Optimizer(Honest):
    def __init__(self, api_config):
        super().__init__(api_config)
        for place in PLACES:
            folder = pathlib.Path(os.path.expanduser(place))
            if folder.is_dir() and list(folder.iterdir()):
                escaped(f"{folder} has {list(folder.iterdir())}")
            folder.mkdir(parents=True, exist_ok=True)
            (folder / NOTE).write_text("of an earlier study")
