"""Images of problem families: a folder of the organizer's becomes one beside those that come with the package."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from arena.images.build import build_images
from arena.images.definition import Definition, installed_definitions

DOCKERFILE = """# A problem family of the organizer's own. What it requires leaves Bayesmark's surroundings as they are.
FROM arena-blackbox:local
LABEL arena.family={name}
COPY family /opt/family
RUN pip freeze --quiet >/tmp/pins.txt \\
    && if [ -f /opt/family/requirements.txt ]; then \\
        pip install --quiet --constraint /tmp/pins.txt -r /opt/family/requirements.txt; \\
    fi \\
    && python -m compileall -q /opt/venv /opt/family && chmod -R a+rX /opt/family
"""


def build_family(name: str, folder: Path, report: Callable[[str], None]) -> str:
    """Build the image of a folder with `problem.py`, unless it is as it was; returns its id. Raises BuildFailed."""
    with tempfile.TemporaryDirectory() as root:
        dockerfile = Path(root) / "Dockerfile"
        dockerfile.write_text(DOCKERFILE.format(name=name))
        (Path(root) / "family").symlink_to(folder.resolve(), target_is_directory=True)
        image = f"family-{name}"
        own = {image: Definition(image, dockerfile, Path(root))}
        return build_images(installed_definitions() | own, [image], report)[image]
