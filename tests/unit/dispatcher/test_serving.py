"""Which runners can take the shards of a class, and what an organizer is told when none can."""

from services.dispatcher.serving import ReadyRunners, count_places, explain_unserved
from shared.shard_class import GIBIBYTE, ShardClass

OLD, NEW = (f"sha256:{digit * 64}" for digit in "12")
SMALL_ONLY = ReadyRunners({"small": OLD}, slots=3, memory_bytes=20 * GIBIBYTE, number=2)
BOTH = ReadyRunners({"small": NEW, "modern": NEW}, slots=1, memory_bytes=12 * GIBIBYTE, number=1)


def test_runners_have_places_for_what_they_can_run() -> None:
    runners = [SMALL_ONLY, BOTH]

    assert count_places(ShardClass("small", 1), runners) == 7
    assert count_places(ShardClass("small", 2), runners) == 2
    assert count_places(ShardClass(f"small@{NEW}", 1), runners) == 1
    assert count_places(ShardClass("modern", 1), runners) == 1
    assert count_places(ShardClass("modern", 2), runners) == 0
    assert count_places(ShardClass("classic", 1), runners) == 0


def test_an_environment_that_no_runner_has_is_named_with_its_digest_and_what_to_do() -> None:
    plain = explain_unserved(ShardClass("classic", 1), [SMALL_ONLY, BOTH], 300)
    pinned = explain_unserved(ShardClass(f"small@{OLD}", 1), [BOTH], 300)

    assert plain.startswith("Expected a runner with the environment classic, found none in 300 s.")
    assert "'arena images build classic'" in plain
    assert pinned.startswith(
        f"Expected a runner with the environment small with the digest {OLD}, found none in 300 s; "
        f"runners have it with {NEW}."
    )


def test_cpus_that_no_runner_has_are_named() -> None:
    reason = explain_unserved(ShardClass("modern", 2), [SMALL_ONLY, BOTH], 300)

    assert reason.startswith("Expected a runner with 2 CPUs and the environment modern, found none in 300 s")
    assert "none has more than 1" in reason


def test_runners_have_places_for_as_many_studies_as_their_memory_holds() -> None:
    def places(memory_gib: float, slots: int, shard_class: ShardClass) -> int:
        return count_places(shard_class, [ReadyRunners({"small": OLD}, slots, int(memory_gib * GIBIBYTE), number=1)])

    assert places(24, 2, ShardClass("small", 1)) == 2
    assert places(11.9, 2, ShardClass("small", 1)) == 1
    assert places(5.9, 2, ShardClass("small", 1)) == 0
    assert places(24, 4, ShardClass("small", 1, 8 * 1024)) == 3
    assert places(24, 4, ShardClass("small", 2, 12 * 1024)) == 2
    assert places(24, 4, ShardClass("small", 2, 36 * 1024)) == 0


def test_a_runner_of_a_version_that_says_nothing_of_memory_takes_what_it_always_took() -> None:
    silent = ReadyRunners({"small": OLD}, slots=3, memory_bytes=None, number=1)

    assert count_places(ShardClass("small", 1), [silent]) == 3
    assert count_places(ShardClass("small", 1, 8 * 1024), [silent]) == 0


def test_memory_that_no_runner_has_is_named() -> None:
    reason = explain_unserved(ShardClass("small", 1, 36 * 1024), [SMALL_ONLY, BOTH], 300)

    assert reason.startswith("Expected a runner with the environment small and 36 GiB of memory")
    assert "none has more than 20.0 GiB. Start a runner on a machine with more memory" in reason


def test_work_of_a_problem_family_goes_to_runners_that_have_it_alone() -> None:
    runner = ReadyRunners(BOTH.environments, 2, None, 1, {"bbob": OLD})

    assert count_places(ShardClass("small", 1, family="bbob"), [runner, BOTH]) == 2
    assert count_places(ShardClass("small", 1, family="ioh"), [runner, BOTH]) == 0
    assert count_places(ShardClass("small", 1), [runner]) == 2
    assert explain_unserved(ShardClass("small", 1, family="ioh"), [runner, BOTH], 300) == (
        "Expected a runner with the environment small and the problem family ioh, found none in 300 s. Build its image "
        "where a runner is ('arena images build family-ioh'), or load it there, if it is the organizer's own; the "
        "shard then goes on by itself."
    )
