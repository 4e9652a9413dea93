"""A zip's arena.toml names an environment and says nothing else."""

import pytest

from arena.rules.arena_toml import ARENA_TOML_LIMIT_BYTES, read_environment
from arena.rules.zip_validation import InvalidZip
from tests.support.zips import pack

CODE = b"class Optimizer: ..."


@pytest.mark.parametrize(
    ("text", "environment"),
    [
        (b'environment = "modern"\n', "modern"),
        (b"# Needs BoTorch.\nenvironment = 'modern'", "modern"),
        (b'environment = "No Such Name"', "No Such Name"),
        (b"", None),
    ],
)
def test_the_environment_is_what_arena_toml_says(text: bytes, environment: str | None) -> None:
    assert read_environment(pack({"optimizer.py": CODE, "arena.toml": text})) == environment


def test_a_zip_without_arena_toml_or_with_one_below_names_no_environment() -> None:
    assert read_environment(pack({"optimizer.py": CODE})) is None
    assert read_environment(pack({"optimizer.py": CODE, "below/arena.toml": b"no TOML"})) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"environment = modern", "not TOML"),
        (b'\xff = "modern"', "not TOML"),
        (b'environment = "modern"\ncpus = 2', "'cpus'"),
        (b'[environment]\nname = "modern"', "quotes"),
        (b"environment = 3", "environment = 3"),
        (b"x = " + b"[" * 4000, "arena.toml"),
        (b"#" * (ARENA_TOML_LIMIT_BYTES + 1), "4,096 bytes"),
    ],
)
def test_whatever_else_arena_toml_says_is_refused_with_what_was_expected(text: bytes, why: str) -> None:
    with pytest.raises(InvalidZip, match='environment = "modern"') as refused:
        read_environment(pack({"optimizer.py": CODE, "arena.toml": text}))
    assert why in str(refused.value)
