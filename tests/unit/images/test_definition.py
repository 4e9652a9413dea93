"""An image changes with what its Dockerfile copies, and with its parents."""

from pathlib import Path

import pytest

from arena.images.definition import (
    Definition,
    find_definitions,
    find_families,
    full_hash,
    installed_definitions,
    with_parents,
)

ROOT = Path(__file__).parents[3]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, "images/parent/Dockerfile", "FROM debian:bookworm-slim\nRUN true\n")
    write(tmp_path, "images/one/Dockerfile", "FROM arena-parent:local\nCOPY code lock /opt/\nRUN x \\\n    && y\n")
    for name in ("code/main.py", "code/deep/data.json", "lock", "other"):
        write(tmp_path, name, "as it was")
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def definitions(root: Path) -> dict[str, Definition]:
    return find_definitions(root / "images", root)


def test_a_dockerfile_says_its_parent_and_what_it_copies(root: Path) -> None:
    found = definitions(root)

    assert found["parent"].parent is None
    assert found["one"].parent == "parent"
    assert [name for name, _ in found["one"].inputs()] == ["code/deep/data.json", "code/main.py", "lock"]
    assert with_parents(found, ["one"]) == {"one": {"parent"}, "parent": set()}


@pytest.mark.parametrize(
    ("changed", "matters"),
    [
        ("images/one/Dockerfile", True),
        ("images/parent/Dockerfile", True),
        ("code/main.py", True),
        ("code/deep/data.json", True),
        ("code/new.py", True),
        ("lock", True),
        ("other", False),
        ("code/__pycache__/main.cpython-311.pyc", False),
    ],
)
def test_an_image_changes_with_what_it_is_made_of(root: Path, changed: str, matters: bool) -> None:
    before = full_hash(definitions(root), "one")
    old = (root / changed).read_text() if (root / changed).exists() else ""

    write(root, changed, f"{old}# changed\n")

    assert (full_hash(definitions(root), "one") != before) == matters


def test_a_file_that_moves_changes_the_image(root: Path) -> None:
    before = definitions(root)["one"].content_hash()

    (root / "code" / "main.py").rename(root / "code" / "start.py")

    assert definitions(root)["one"].content_hash() != before


def test_every_copied_file_of_the_projects_images_exists() -> None:
    found = installed_definitions() | find_definitions(ROOT / "deploy" / "images", ROOT)
    missing = [
        f"{each.name}: {source}"
        for each in found.values()
        for source in each.sources
        if source != "certificates" and not (ROOT / source).exists()
    ]

    assert set(found) >= {
        "base",
        "python",
        "blackbox",
        "small",
        "classic",
        "modern",
        "postgres",
        "rabbitmq",
        "service",
        "tools",
    }
    assert missing == []


def test_the_families_that_come_with_the_package_are_built_on_the_black_box_image() -> None:
    found = find_families()
    assert {name: (each.name, each.parent) for name, each in found.items()} == {
        "bbob": ("family-bbob", "blackbox"),
        "ioh": ("family-ioh", "blackbox"),
    }
