"""Arrays with named dimensions, as a baseline set has them in JSON: the form of `xarray.Dataset.to_dict`.

They are read without xarray, which brings pandas and 30 MB to every gateway.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from arena.scoring import Array


class LabelledArrays:
    """Every array has the size of each of its dimensions, and a dimension with labels has one for each place."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Read the `data` of a baseline set. Raises KeyError, TypeError, ValueError or AttributeError if it is none."""
        self._arrays: dict[str, tuple[list[str], Array]] = {}
        self.labels: dict[str, list[Any]] = {}
        self.sizes: dict[str, int] = {}
        for name, each in document["coords"].items():
            if list(each["dims"]) == [name]:
                self.labels[name] = list(each["data"])
                self.sizes[name] = len(self.labels[name])
        for name, each in document["data_vars"].items():
            dims, array = list(each["dims"]), np.asarray(each["data"], dtype=float)
            sizes = dict(zip(dims, array.shape, strict=True))
            if any(self.sizes.setdefault(dim, size) != size for dim, size in sizes.items()):
                raise ValueError(f"{name} has sizes {sizes}, and other arrays have {self.sizes}")
            self._arrays[name] = dims, array

    def __contains__(self, name: str) -> bool:
        """Tell whether there is an array of this name."""
        return name in self._arrays

    def read(self, name: str, dims: Sequence[str]) -> Array:
        """Return an array with these dimensions in this order, of which those that it lacks have the size 1.

        Raises KeyError if there is none of this name, ValueError if it has other dimensions.
        """
        known, array = self._arrays[name]
        if surplus := set(known) - set(dims):
            raise ValueError(f"{name} has dimensions {', '.join(sorted(surplus))}, which were not expected")
        lacking = [dim for dim in dims if dim not in known]
        array = array.reshape(*array.shape, *[1] * len(lacking))
        order = [*known, *lacking]
        return array.transpose([order.index(dim) for dim in dims])
