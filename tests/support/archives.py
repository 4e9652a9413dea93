"""Archives of competitions that somebody has tampered with."""

import hashlib
import json
from pathlib import Path
from typing import Any


def change_byte(path: Path) -> None:
    """Change one bit of one byte in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def write_hashes(archive: Path, path: str) -> None:
    """Give a changed file its right hash, and the manifest its own, as whoever means to deceive would."""
    manifest = json.loads((archive / "manifest.json").read_text())
    described = next(each for each in manifest["files"] if each["path"] == path)
    content = (archive / path).read_bytes()
    described |= {"sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content)}
    text = json.dumps(manifest)
    (archive / "manifest.json").write_text(text)
    (archive / "manifest.sha256").write_text(f"{hashlib.sha256(text.encode()).hexdigest()}  manifest.json\n")


def rewrite(archive: Path, path: str, body: Any) -> None:
    """Write another JSON than before, with right hashes."""
    (archive / path).write_text(json.dumps(body))
    write_hashes(archive, path)
