"""Builds the images whose inputs have changed, by the `docker` command."""

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from graphlib import TopologicalSorter
from pathlib import Path

from arena.images.debian import find_suite, provide_debian
from arena.images.definition import CERTIFICATES, Definition, full_hash, with_parents
from arena.images.docker import BuildFailed, docker

INPUTS_LABEL = "arena.inputs"
SIDE_BY_SIDE = 2
"""One build mostly waits for the network while the other unpacks."""


def build_images(
    definitions: Mapping[str, Definition], names: Iterable[str], report: Callable[[str], None]
) -> dict[str, str]:
    """Build what has changed of these images and of their parents; returns the id of each by its name."""
    known, wanted = dict(definitions), list(names)
    if unknown := sorted(set(wanted) - known.keys()):
        raise BuildFailed(f"Expected images out of {', '.join(known)}; got {', '.join(unknown)}.")
    sorter = TopologicalSorter(with_parents(known, wanted))
    sorter.prepare()
    built = False
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        while sorter.is_active():
            ready = sorter.get_ready()
            built |= any(list(pool.map(lambda name: _build_if_changed(known, name, report), ready)))
            sorter.done(*ready)
    if built:  # those that were replaced
        docker("image", "prune", "--force", "--filter", f"label={INPUTS_LABEL}")
    return {name: docker("image", "inspect", "-f", "{{ .Id }}", known[name].tag) for name in wanted}


def _build_if_changed(definitions: dict[str, Definition], name: str, report: Callable[[str], None]) -> bool:
    definition, inputs = definitions[name], full_hash(definitions, name)
    if _label_of(definition.tag) == inputs:
        return False
    if suite := find_suite(definition.text):
        provide_debian(suite, report)
    report(f"building {definition.tag}")
    with tempfile.TemporaryDirectory() as name_of_folder:
        context = Path(name_of_folder)
        _copy_inputs(definition, context)
        docker("build", "--label", f"{INPUTS_LABEL}={inputs}", "-t", definition.tag, str(context))
    return True


def _label_of(tag: str) -> str | None:
    try:
        return docker("image", "inspect", "-f", f'{{{{ index .Config.Labels "{INPUTS_LABEL}" }}}}', tag)
    except BuildFailed:
        docker("version")  # raises when it is the engine that is missing, and not the image
        return None


def _copy_inputs(definition: Definition, context: Path) -> None:
    if CERTIFICATES in definition.sources:  # a host need not have any
        (context / CERTIFICATES).mkdir()
    for name, path in definition.inputs():
        target = context / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    shutil.copyfile(definition.dockerfile, context / "Dockerfile")
    for path in context.rglob("*"):  # readable in the image by everybody, whatever the umask here is
        path.chmod(0o755 if path.is_dir() else 0o644)
