"""What libraries and people read of an archive: README, CITATION.cff, Zenodo's JSON and RO-Crate's."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from arena.archive.manifest import ArchivedFile

CRATE = "ro-crate-metadata.json"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
KEYWORDS = ["black-box optimization", "hyperparameter tuning", "benchmark", "competition"]
README = """# {name}

The archive of a competition in black-box optimization, made by Arena on {date}.

- `competition/`: the document that defines it, with real names and seed, and its revisions.
- `baselines/`: the baseline sets, in Bayesmark's format, to which scores refer.
- `data-sets/`: the organizer's own data sets.
- `environments/`: how the images were built in which optimizers ran, with the lock of their packages.
- `families/`: how the images of the problem families were built that came with Arena, and the folders of the others.
- `results/PHASE/`: the leaderboard, every scored submission, the evaluations of all their studies, and what ran these;
  of a final also its status and its report.
- `zips/`: the optimizers of those teams that agreed, each under its SHA-256.
- `manifest.json`: the SHA-256 of every file. `sha256sum -c manifest.sha256` checks the manifest itself.

`arena archive verify DIR` checks every file, computes every score from the evaluations again, and runs a
sample of the studies again.
"""


@dataclass(frozen=True)
class Rights:
    """Whom to cite, and the SPDX identifier of a license, if the organizers have said so."""

    authors: tuple[str, ...] = ()
    licence: str = ""

    def authors_of(self, name: str) -> list[dict[str, str]]:
        """Return the authors, or else a competition's organizers without their names."""
        return [{"name": each} for each in self.authors or (f"The organizers of {name}",)]


def readme(name: str, made_at: datetime) -> str:
    """Return the archive's README."""
    return README.format(name=name, date=f"{made_at:%Y-%m-%d}")


def citation(name: str, made_at: datetime, rights: Rights) -> str:
    """Return CITATION.cff, version 1.2.0. JSON is YAML, so whatever the competition is called is quoted right."""
    body = {
        "cff-version": "1.2.0",
        "message": "If you use this data set, please cite it as below.",
        "type": "dataset",
        "title": _title(name),
        "authors": rights.authors_of(name),
        "date-released": f"{made_at:%Y-%m-%d}",
        "keywords": KEYWORDS,
    }
    return _text(body | ({"license": rights.licence} if rights.licence else {}))


def zenodo(name: str, made_at: datetime, rights: Rights) -> str:
    """Return Zenodo's metadata of an upload."""
    body = {
        "title": _title(name),
        "upload_type": "dataset",
        "description": "Everything to recompute a competition in black-box optimization.",
        "creators": rights.authors_of(name),
        "publication_date": f"{made_at:%Y-%m-%d}",
        "keywords": KEYWORDS,
    }
    return _text(body | ({"license": rights.licence.lower()} if rights.licence else {}))


def crate(name: str, made_at: datetime, files: Sequence[ArchivedFile], rights: Rights) -> str:
    """Return the metadata of an RO-Crate, version 1.1, that has these files."""
    about = {
        "@id": CRATE,
        "@type": "CreativeWork",
        "conformsTo": {"@id": SPECIFICATION},
        "about": {"@id": "./"},
    }
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": _title(name),
        "description": "Everything to recompute a competition in black-box optimization.",
        "datePublished": made_at.isoformat(),
        "license": f"https://spdx.org/licenses/{rights.licence}"
        if rights.licence
        else "Its organizers say under which license it may be used.",
        "hasPart": [{"@id": quote(each.path)} for each in files],
    }
    parts = [
        {
            "@id": quote(each.path),
            "@type": "File",
            "description": each.touches,
            "contentSize": str(each.size_bytes),
            "sha256": each.sha256,
        }
        for each in files
    ]
    return _text({"@context": f"{SPECIFICATION}/context", "@graph": [about, root, *parts]})


def _title(name: str) -> str:
    return f"{name}: archive of a competition in black-box optimization"


def _text(body: dict[str, Any]) -> str:
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"
