"""A package index on loopback that has sources and no wheels, and a git repository beside them."""

import functools
import http.server
import io
import subprocess
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

SETUP = "from setuptools import Extension, setup\n{imports}\nsetup(name={name!r}, version='1.0', {arguments})\n"
EXTENSION = "ext_modules=[Extension({name!r}, ['{name}.c'], {arguments})]"
NATIVE = """#include <Python.h>
static PyObject *answer(PyObject *self, PyObject *args) { return PyLong_FromLong(42); }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, ""}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "natively", NULL, -1, methods};
PyMODINIT_FUNC PyInit_natively(void) { return PyModule_Create(&module); }
"""


def _setup(name: str, arguments: str, imports: str = "") -> str:
    return SETUP.format(name=name, arguments=arguments, imports=imports)


NATIVE_ARGUMENTS = EXTENSION.format(name="natively", arguments="include_dirs=[numpy.get_include()]")
PACKAGES: Mapping[str, Mapping[str, str]] = {
    "purely": {
        "setup.py": _setup("purely", "py_modules=['purely'], install_requires=['natively']"),
        "purely.py": "from natively import answer\n",
    },
    "natively": {
        "setup.py": _setup("natively", f"{NATIVE_ARGUMENTS}, install_requires=['numpy>=1.20']", "import numpy"),
        "natively.c": NATIVE,
    },
    "broken": {
        "setup.py": _setup("broken", EXTENSION.format(name="broken", arguments="")),
        "broken.c": "#include <no_such_library.h>\n",
    },
    "clash": {"setup.py": _setup("clash", "install_requires=['numpy>=1.26']")},
}
"""Files of each package: one of plain Python, one in C that imports NumPy to be built; two that cannot be packed."""


@contextmanager
def source_index(folder: Path) -> Iterator[str]:
    """Serve an index of PACKAGES and a repository of `purely`, at /purely.git; yields its address."""
    for name, files in PACKAGES.items():
        (folder / name).mkdir(parents=True)
        (folder / name / f"{name}-1.0.tar.gz").write_bytes(_sdist(name, files))
        (folder / name / "index.html").write_text(f'<a href="{name}-1.0.tar.gz">{name}-1.0.tar.gz</a>')
    _write_repository(folder / "purely.git", PACKAGES["purely"])
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _sdist(name: str, files: Mapping[str, str]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for path, text in {**files, "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"}.items():
            member = tarfile.TarInfo(f"{name}-1.0/{path}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return target.getvalue()


def _write_repository(bare: Path, files: Mapping[str, str]) -> None:
    """Write a repository that can be cloned from a server of plain files."""
    work = bare.with_suffix(".work")
    work.mkdir()
    for path, text in files.items():
        (work / path).write_text(text)
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    for command in (
        ("init", "--quiet", str(work)),
        ("-C", str(work), "add", "--all"),
        ("-C", str(work), *identity, "commit", "--quiet", "--message", "First"),
        ("clone", "--quiet", "--bare", str(work), str(bare)),
        ("-C", str(bare), "update-server-info"),
    ):
        subprocess.run(["git", *command], check=True)
