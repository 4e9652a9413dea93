# The names that NumPy 2 removed and Bayesmark 0.0.8 and its contemporaries use; the image appends this file to
# bayesmark/__init__.py, so that they are there before any module of Bayesmark is imported.
import numpy as _numpy

for _name, _value in {
    "Inf": _numpy.inf,
    "Infinity": _numpy.inf,
    "NINF": -_numpy.inf,
    "NaN": _numpy.nan,
    "PINF": _numpy.inf,
    "alltrue": _numpy.all,
    "complex_": _numpy.complex128,
    "cumproduct": _numpy.cumprod,
    "float_": _numpy.float64,
    "infty": _numpy.inf,
    "mat": _numpy.asmatrix,
    "product": _numpy.prod,
    "round_": _numpy.round,
    "sometrue": _numpy.any,
    "string_": _numpy.bytes_,
    "unicode_": _numpy.str_,
}.items():
    if _name not in vars(_numpy):
        setattr(_numpy, _name, _value)
