"""The lists of the environments' packages: complete, pinned and with hashes; and the Debian that each is built on."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from arena.images.debian import find_suite
from arena.images.definition import Definition, find_environments, find_release, installed_definitions
from deploy.documentation.packages_page import write_packages_page

ENTRY = re.compile(r"^([a-z0-9.-]+)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)
LOCKED = [each for each in installed_definitions().values() if each.dockerfile.with_name("requirements.lock").exists()]


def test_the_default_environment_comes_first() -> None:
    assert list(find_environments()) == ["small", "classic", "modern"]


@pytest.mark.parametrize("definition", LOCKED, ids=lambda each: each.name)
def test_a_lock_has_every_requirement_in_a_version_that_fits(definition: Definition) -> None:
    lines = definition.dockerfile.with_name("requirements.in").read_text().splitlines()
    required = [Requirement(text) for line in lines if (text := line.split("#")[0].strip())]

    lacking = [
        str(each)
        for each in required
        if not each.specifier.contains(definition.packages.get(canonicalize_name(each.name), "0.dev0"))
    ]

    assert lacking == []


@pytest.mark.parametrize("definition", LOCKED, ids=lambda each: each.name)
def test_every_package_of_a_lock_has_hashes_and_they_are_required(definition: Definition) -> None:
    lock = definition.dockerfile.with_name("requirements.lock").read_text()

    assert len(ENTRY.findall(lock)) == lock.count("==") > 0
    assert "--require-hashes" in definition.text


@pytest.mark.parametrize("definition", find_environments().values(), ids=lambda each: each.name)
def test_an_environments_packages_are_on_the_page_of_packages(definition: Definition) -> None:
    page = write_packages_page()
    heading, *rows = [[cell.strip() for cell in line.split("|")] for line in page.splitlines() if line.startswith("|")]
    column = heading.index(f"`{definition.environment}`")

    shown = {row[1]: row[column] for row in rows if row[column] and row[1] not in {"---", "Python"}}

    assert shown == definition.packages


def test_an_environments_debian_says_which_python_it_has() -> None:
    releases = {name: find_release(each) for name, each in find_environments().items()}

    assert releases == {"small": ("3.11", 36), "classic": ("3.11", 36), "modern": ("3.13", 41)}


@pytest.mark.parametrize(
    ("text", "suite"),
    [
        ("FROM debian:trixie-slim\n", "trixie"),
        ("# of bookworm\nFROM debian:bookworm-slim\nRUN true\n", "bookworm"),
        ("FROM arena-base:local\n", None),
        ("FROM debian:trixie\n", None),
    ],
)
def test_a_dockerfile_says_which_debian_has_to_be_there(text: str, suite: str | None) -> None:
    assert find_suite(text) == suite


def test_no_image_is_built_on_a_debian_that_cannot_be_made_here() -> None:
    texts = {path: path.read_text() for path in (Path(__file__).parents[3] / "deploy/images").glob("*/Dockerfile")}
    texts |= {each.dockerfile: each.text for each in installed_definitions().values()}

    assert [str(path) for path, text in texts.items() if "FROM debian:" in text and find_suite(text) is None] == []
