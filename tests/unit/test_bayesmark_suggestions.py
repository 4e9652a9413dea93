"""What a Bayesmark results folder keeps of suggestions."""

from arena.export.results_folder import DROPPED, keep_numbers


def test_parameters_whose_values_are_text_are_left_out_of_a_bayesmark_folder() -> None:
    points = [[{"method": "by-hand", "hours": 2.5, "card": True}], [{"method": "machine", "hours": 3.0, "card": False}]]
    assert keep_numbers(points) == [[{"hours": 2.5, "card": True}], [{"hours": 3.0, "card": False}]]
    assert keep_numbers([[{"method": "by-hand"}]]) == [[{DROPPED: 0.0}]]
