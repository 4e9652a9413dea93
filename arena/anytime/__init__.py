"""How good an optimizer is at any budget, from the best loss so far after each iteration of its studies.

The figures are those of the field: expected running time and the runtime ECDF as in COCO (Hansen, Auger, Brockhoff and
Tušar, "Anytime performance assessment in blackbox optimization benchmarking", 2022), fixed-budget and fixed-target
views as in IOHanalyzer (Wang, Vermetten, Ye, Doerr and Bäck, "IOHanalyzer: detailed performance analyses for iterative
optimization heuristics", 2022). They are written out, because cocopp computes one run after the other and iohinspector
brings a data-frame library; tests hold them to cocopp's numbers.
"""
