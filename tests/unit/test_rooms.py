"""How large a room may be: who opens a folder, file or function sees all of it, and a class's name says which it is."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("arena", "services", "shared", "deploy", "benchmarks")
MODULES_LIMIT = 14
FILE_LINES_LIMIT = 300
FUNCTION_LINES_LIMIT = 40


def modules() -> Iterator[Path]:
    for room in ROOMS:
        yield from sorted((ROOT / room).rglob("*.py"))


def definitions(kind: type[ast.AST] | tuple[type[ast.AST], ...]) -> Iterator[tuple[Path, ast.AST]]:
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, kind):
                yield path, node


def test_no_folder_has_more_modules_than_one_sees_at_once() -> None:
    counts = Counter(path.parent.relative_to(ROOT) for path in modules())
    assert {str(folder): n for folder, n in counts.items() if n > MODULES_LIMIT} == {}


def test_no_file_is_longer_than_one_reads_at_once() -> None:
    files = [path for room in ROOMS for suffix in ("py", "sql", "js") for path in (ROOT / room).rglob(f"*.{suffix}")]
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in files}
    assert {path: lines for path, lines in lengths.items() if lines > FILE_LINES_LIMIT} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": node.end_lineno - node.lineno + 1
        for path, node in definitions((ast.FunctionDef, ast.AsyncFunctionDef))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None
    }
    assert {name: lines for name, lines in long.items() if lines > FUNCTION_LINES_LIMIT} == {}


def test_no_two_classes_have_one_name() -> None:
    homes = defaultdict(set)
    for path, node in definitions(ast.ClassDef):
        assert isinstance(node, ast.ClassDef)
        homes[node.name].add(str(path.relative_to(ROOT)))
    assert {name: sorted(paths) for name, paths in homes.items() if len(paths) > 1} == {}
