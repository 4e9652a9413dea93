"""The website serves the libraries that are pinned, and no other file."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from deploy.website.libraries import KEPT, LOCK, SERVED, LibraryMissing, install_libraries, pinned_libraries

NOBODY_THERE = "http://127.0.0.1:9"


class Forger(BaseHTTPRequestHandler):
    """A registry that gives another file than was asked for."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"not the package")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def forging_registry() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Forger) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_every_library_is_pinned_with_its_hash_and_its_licence() -> None:
    wanted = json.loads(LOCK.with_name("package.json").read_text())["dependencies"]
    pinned = pinned_libraries()

    assert {each.name: each.version for each in pinned} == wanted
    assert wanted.keys() == SERVED.keys()
    assert all(each.integrity.startswith("sha512-") and each.license for each in pinned)


def test_another_file_than_the_pinned_one_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with forging_registry() as registry, pytest.raises(LibraryMissing, match="got another file; nothing was changed"):
        install_libraries(tmp_path / "kept", tmp_path / "assets", registry)

    assert list(tmp_path.iterdir()) == []


def test_a_registry_that_cannot_be_reached_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing, match=r"expected http://127\.0\.0\.1:9/uplot/.*set NPM_CONFIG_REGISTRY"):
        install_libraries(tmp_path / "kept", tmp_path / "assets", NOBODY_THERE)


def test_a_package_put_there_by_hand_needs_no_registry_and_heals_what_was_changed(tmp_path: Path) -> None:
    install_libraries()
    kept, assets = tmp_path / "kept", tmp_path / "assets"
    shutil.copytree(KEPT, kept)
    install_libraries(kept, assets, NOBODY_THERE)
    script = assets / "uplot" / "uPlot.iife.min.js"
    right = script.read_bytes()
    script.write_bytes(b"alert(1)")

    install_libraries(kept, assets, NOBODY_THERE)

    assert script.read_bytes() == right
    assert {path.name for path in script.parent.iterdir()} == {Path(name).name for name in SERVED["uplot"]}
