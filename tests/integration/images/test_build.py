"""Images are built on the real engine when they have changed, and not else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from arena.images.build import build_images
from arena.images.definition import find_definitions
from arena.images.docker import BuildFailed, docker

PARENT, CHILD = "testparent", "testchild"


class Images:
    """Two small images, one built on the other, and what building them reported."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write(f"images/{PARENT}/Dockerfile", "FROM scratch\nCOPY below /below\n")
        self.write(f"images/{CHILD}/Dockerfile", f"FROM arena-{PARENT}:local\nCOPY above /above\n")
        self.write("below/file", "1")
        self.write("above", "1")

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text)

    def build(self, *names: str) -> tuple[dict[str, str], list[str]]:
        """Return the images' ids, and which were built."""
        reported: list[str] = []
        ids = build_images(find_definitions(self.root / "images", self.root), names or [CHILD], reported.append)
        return ids, [text.removeprefix("building arena-").removesuffix(":local") for text in reported]


@pytest.fixture
def images(tmp_path: Path) -> Iterator[Images]:
    yield Images(tmp_path)
    for name in (CHILD, PARENT):
        if docker("image", "ls", "--quiet", f"arena-{name}:local"):
            docker("image", "rm", f"arena-{name}:local")


def test_what_has_not_changed_is_not_built_again(images: Images) -> None:
    first, built = images.build()
    again, built_again = images.build()

    assert (built, built_again) == ([PARENT, CHILD], [])
    assert first == again


def test_a_change_builds_the_image_and_those_on_it(images: Images) -> None:
    images.build()

    images.write("above", "2")
    _, built_above = images.build()
    images.write("below/file", "2")
    _, built_below = images.build()

    assert (built_above, built_below) == ([CHILD], [PARENT, CHILD])


def test_a_build_that_fails_says_why_and_leaves_the_image_to_be_built(images: Images) -> None:
    images.write(f"images/{CHILD}/Dockerfile", f"FROM arena-{PARENT}:local\nCOPY missing /missing\n")

    with pytest.raises(BuildFailed, match="missing"):
        images.build()
    images.write("missing", "found")

    assert images.build()[1] == [CHILD]


def test_an_unknown_image_is_named_beside_those_that_there_are(images: Images) -> None:
    with pytest.raises(BuildFailed, match=r"Expected images out of testchild, testparent; got other\."):
        images.build("other")
