"""Seeds derive from (competition seed, black box, study), and the optimizer's from its zip as well."""

from hypothesis import given
from hypothesis import strategies as st

from arena.rules.seeds import names_seed, optimizer_seed, study_seed

ZIP = "ab" * 32


@given(st.text(), st.text(), st.integers(0, 10**6))
def test_seeds_fit_numpys_global_state(competition: str, test_case: str, study: int) -> None:
    for seed in (
        study_seed(competition, test_case, study),
        optimizer_seed(competition, test_case, study, ZIP),
        names_seed(competition, test_case),
    ):
        assert 0 <= seed < 2**32


def test_seeds_are_the_same_in_every_process_for_ever() -> None:
    assert study_seed("neurips-2020", "kNN_iris_acc", 0) == 3310365413
    assert optimizer_seed("neurips-2020", "kNN_iris_acc", 0, ZIP) == 587983585
    assert names_seed("neurips-2020", "kNN_iris_acc") == 4148680514


def test_competition_box_study_side_and_zip_each_change_the_seed() -> None:
    seeds = {
        study_seed("a", "kNN_iris_acc", 0),
        study_seed("b", "kNN_iris_acc", 0),
        study_seed("a", "kNN_wine_acc", 0),
        study_seed("a", "kNN_iris_acc", 1),
        optimizer_seed("a", "kNN_iris_acc", 0, ZIP),
        optimizer_seed("a", "kNN_iris_acc", 0, "cd" * 32),
        names_seed("a", "kNN_iris_acc"),
        names_seed("b", "kNN_iris_acc"),
        names_seed("a", "kNN_wine_acc"),
    }
    assert len(seeds) == 9
