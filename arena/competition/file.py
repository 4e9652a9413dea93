"""A competition as a file: turned into the document to be applied, or every fault with its line and cure."""

import hashlib
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, TypeVar

from arena.api.body import Body
from arena.api.competition_document import BlackBox, Board, Dataset, Phase, Registration
from arena.competition.baseline_rows import OwnBaselineRow, read_rows
from arena.competition.file_tables import Head, OwnDataset, OwnFamily, Split
from arena.competition.grids import FamilyGrid, Grid, GridBox, boxes_of, expand_grid, find_grid_faults, split_boxes
from arena.competition.toml_lines import line_of, locate_lines
from arena.failure import Failure
from arena.images.definition import find_families
from arena.rules.boards import find_board_contradictions
from arena.rules.competition_document import DocumentFault, DocumentPath, find_contradictions, find_misfits, suggest
from arena.rules.datasets import InvalidDataset, check_dataset
from arena.words.environments import SKLEARN

MISSING = "none"
"""Stands for what is not there, which is a fault already."""
STAND_INS = {"baseline": MISSING, "boxes": [MISSING], "studies_per_box": 1}
"""For what is wrong in a phase, so that the rest of it can be checked."""
LISTS = ("families", "datasets", "black_boxes", "grids", "phases", "boards", "baseline_rows")
SYNTAX_LINE = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")
AnyModel = TypeVar("AnyModel", bound=Body)


class InvalidCompetitionFile(Failure):
    """The file is not applied; the text has a line for every fault."""

    def __init__(self, file: FilePath, faults: Iterable[tuple[int, DocumentFault]]) -> None:
        told = dict.fromkeys((line, fault.what, fault.cure) for line, fault in faults)
        found = sorted(told, key=lambda each: each[0])  # those of one line stay in the order of whoever found them
        lines = [f"{file}:{line}: {what} {cure}".rstrip() for line, what, cure in found]
        errors = [{"line": line, "what": what, "cure": cure} for line, what, cure in found]
        problem = {"title": "Not a competition that can be applied", "detail": "\n".join(lines), "errors": errors}
        super().__init__(f"{len(lines)} fault{'s' * (len(lines) != 1)}, nothing applied:\n" + "\n".join(lines), problem)


@dataclass
class CompetitionFile:
    """A file that was read: its document, the files that it names, and where everything came from."""

    file: FilePath
    lines: Mapping[DocumentPath, int]
    raw: dict[str, Any]
    slug: str = ""
    document: dict[str, Any] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    zips: dict[str, FilePath] = field(default_factory=dict)
    families: dict[str, FilePath] = field(default_factory=dict)
    grid_boxes: list[tuple[int, GridBox]] = field(default_factory=list)

    def line_of(self, where: DocumentPath) -> int:
        """Return the line of what a path of the document names."""
        return line_of(self.lines, self._place(where))

    def _place(self, where: DocumentPath) -> DocumentPath:
        listed = len(_tables(self.raw, "black_boxes"))
        match where:
            case ("black_boxes", int(index), *rest) if index >= listed:
                grid, box = self.grid_boxes[index - listed]
                return ("grids", grid, *box.places.get(str(rest[0]) if rest else "", ()))
            case ("phases", int(index), "boxes", *_) if "boxes" not in _tables(self.raw, "phases")[index]:
                return ("phases", index, "split")  # they were drawn
            case ("datasets", int(index), "sha256"):
                return ("datasets", index, "file")
        return where

    def refuse(self, failure: Failure) -> Failure:
        """Return what the platform refused with the lines of the file, if it named places in the document."""
        errors = failure.problem.get("errors")
        if not isinstance(errors, list):
            return failure
        return InvalidCompetitionFile(
            self.file,
            [
                (self.line_of(_path(each["where"])), DocumentFault((), each["what"], each.get("cure", "")))
                for each in errors
            ],
        )


def _path(where: str) -> DocumentPath:
    parts = where.removeprefix("body.").split(".")
    return tuple(int(part) if part.isdigit() else part for part in parts)


def read_competition(file: FilePath, baselines: Collection[str] | None = None) -> CompetitionFile:
    """Read a competition file. `baselines` are the sets that may be named.

    Raises InvalidCompetitionFile with every fault.
    """
    try:
        text = file.read_text()
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = SYNTAX_LINE.search(str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        what = f"Expected TOML, got what cannot be read: {SYNTAX_LINE.sub('', str(error)).strip()}."
        raise InvalidCompetitionFile(
            file, [(line, DocumentFault((), what, "Mend this line, or a quote or bracket before it."))]
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"Expected a TOML file at {file}, got {error}.") from error
    found = CompetitionFile(file, locate_lines(text), raw)
    faults = _Reading(found, baselines).read()
    if faults:
        raise InvalidCompetitionFile(file, [(found.line_of(fault.where), fault) for fault in faults])
    return found


def _tables(raw: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = raw.get(name, [])
    return value if isinstance(value, list) and all(isinstance(each, dict) for each in value) else []


class _Reading:
    """Turns a file into its document part by part; what is wrong with one part hides nothing of another."""

    def __init__(self, found: CompetitionFile, baselines: Collection[str] | None) -> None:
        self.found = found
        self.raw = found.raw
        self.baselines = baselines
        self.faults: list[DocumentFault] = []

    def read(self) -> list[DocumentFault]:
        """Fill in the document; returns what is wrong."""
        self._read_head()
        self._read_families()
        datasets = self._read_datasets()
        boxes = self._boxes()
        phases = self._phases([str(box.get("label")) for box in boxes])
        good_boxes = self._check("black_boxes", BlackBox, boxes)
        good_phases = self._check("phases", Phase, phases, STAND_INS)
        known = [MISSING, *(str(each.get("name")) for each in _tables(self.raw, "datasets"))]
        known += [str(box.get("label")) for box in boxes]
        self.faults += find_contradictions(datasets, good_boxes, good_phases, known)
        self._check_baselines(good_phases)
        self.found.document = {
            "name": self.raw.get("name"),
            "description": self.raw.get("description", ""),
            "seed": self.raw.get("seed"),
            "datasets": [each.model_dump() for each in datasets.values()],
            "black_boxes": boxes,
            "phases": [each.model_dump(mode="json", exclude_unset=True) for each in good_phases.values()],
            **self._read_boards(good_boxes, good_phases),
        }
        if "registration" in self.raw and not self.faults:
            registration = Registration.model_validate(self.raw["registration"])
            self.found.document["registration"] = registration.model_dump(mode="json")
        return self.faults

    def _check(
        self,
        part: str,
        model: type[AnyModel],
        values: list[dict[str, Any]] | dict[int, dict[str, Any]],
        stand_ins: Mapping[str, Any] | None = None,
    ) -> dict[int, AnyModel]:
        """Return the parts of the right form by their place; with stand-ins for what is wrong, the others as well."""
        good = {}
        for index, value in values.items() if isinstance(values, dict) else enumerate(values):
            misfits = find_misfits(model, value, (part, index))
            self.faults += misfits
            if misfits and stand_ins is not None:
                wrong = {fault.where[2] for fault in misfits if len(fault.where) > 2}
                right = {key: each for key, each in value.items() if key not in wrong}
                good[index] = model.model_validate({**stand_ins, "name": f"{part}-{index}", **right})
            elif not misfits:
                good[index] = model.model_validate(value)
        return good

    def _read_head(self) -> None:
        known = {*Head.model_fields, *LISTS, "split", "registration"}
        for key in self.raw.keys() - known:
            self.faults.append(DocumentFault((key,), f"The key {key!r} is not known here.", suggest(key, known)))
        for part in LISTS:
            if part in self.raw and not _tables(self.raw, part) and self.raw[part] != []:
                what = f"Expected a list of tables, got {str(self.raw[part])[:60]!r}."
                self.faults.append(DocumentFault((part,), what, f"Begin each with a line [[{part}]]."))
        self.faults += find_misfits(Head, {key: self.raw[key] for key in Head.model_fields if key in self.raw}, ())
        if "split" in self.raw:
            self.faults += find_misfits(Split, self.raw["split"], ("split",))
        self.faults += find_misfits(Registration, self.raw.get("registration", {}), ("registration",))
        self.found.slug = str(self.raw.get("slug"))

    def _read_families(self) -> None:
        """Find the folders of the organizer's own problem families."""
        for index, own in self._check("families", OwnFamily, _tables(self.raw, "families")).items():
            folder = self.found.file.parent / own.folder
            if own.name in {SKLEARN, *self.found.families, *find_families()}:
                what = f"There is a problem family {own.name!r} already."
                self.faults.append(DocumentFault(("families", index, "name"), what, "Give yours another name."))
            elif not (folder / "problem.py").is_file():
                what = f"Expected a folder with problem.py at {own.folder!r}, found none."
                cure = "Mend the path, or make one with 'arena problem new'."
                self.faults.append(DocumentFault(("families", index, "folder"), what, cure))
            self.found.families[own.name] = folder

    def _read_datasets(self) -> dict[int, Dataset]:
        found = {}
        for index, own in self._check("datasets", OwnDataset, _tables(self.raw, "datasets")).items():
            at = ("datasets", index, "file")
            try:
                content = (self.found.file.parent / own.file).read_bytes()
                check_dataset(own.name, content)
            except OSError as error:
                self.faults.append(
                    DocumentFault(at, f"Expected a CSV file at {own.file!r}, got {error.strerror}.", "Mend the path.")
                )
            except InvalidDataset as unusable:
                self.faults += [DocumentFault(at, f"{own.file}: {fault}") for fault in unusable.faults]
            else:
                self.found.contents[own.name] = content
                found[index] = Dataset(name=own.name, sha256=hashlib.sha256(content).hexdigest())
        return found

    def _boxes(self) -> list[dict[str, Any]]:
        listed = _tables(self.raw, "black_boxes")
        if not listed and not _tables(self.raw, "grids"):
            self.faults.append(
                DocumentFault(("black_boxes",), "There are no black boxes.", "Add [[black_boxes]] or [[grids]].")
            )
        cases = {
            str(box.get("problem") or "_".join(str(box.get(key)) for key in ("model", "dataset", "metric")))
            for box in listed
        }
        seed = str(self.raw.get("seed"))
        grids = dict(enumerate(_tables(self.raw, "grids")))
        families = {index: grid for index, grid in grids.items() if "family" in grid}
        stock = {index: grid for index, grid in grids.items() if index not in families}
        checked: dict[int, Grid | FamilyGrid] = dict(self._check("grids", Grid, stock))
        checked.update(self._check("grids", FamilyGrid, families))
        for index, grid in sorted(checked.items()):
            self.faults += find_grid_faults(grid, ("grids", index))
            boxes = list(expand_grid(grid, seed, cases))
            cases |= {box.test_case for box in boxes}
            self.found.grid_boxes += [(index, box) for box in boxes]
        return [*listed, *boxes_of([box for _, box in self.found.grid_boxes])]

    def _phases(self, labels: list[str]) -> list[dict[str, Any]]:
        """The phases with their boxes, drawn from those that no phase names."""
        phases = [dict(phase) for phase in _tables(self.raw, "phases")]
        named = {str(label) for phase in phases for label in _list(phase.get("boxes"))}
        counts = [self._split_count(index, phase) for index, phase in enumerate(phases)]
        split = self.raw.get("split")
        seed = str(split.get("seed")) if isinstance(split, dict) else ""
        drawn = split_boxes(seed, set(labels) - named, counts)
        for index, (phase, boxes) in enumerate(zip(phases, drawn, strict=True)):
            if len(boxes) < counts[index]:
                what = f"Expected {counts[index]} black boxes that no other phase has, got {len(boxes)}."
                self.faults.append(DocumentFault(("phases", index, "split"), what, "Add black boxes, or split fewer."))
            if "split" in phase:
                del phase["split"]
                phase.setdefault("boxes", boxes or [MISSING])
        return phases

    def _split_count(self, index: int, phase: dict[str, Any]) -> int:
        """How many black boxes are to be drawn for a phase: none where that is no sensible question."""
        if "split" not in phase:
            return 0
        at, count = ("phases", index, "split"), phase["split"]
        if "boxes" in phase:
            self.faults.append(DocumentFault(at, "A phase has boxes or a split, got both.", "Take one away."))
        elif type(count) is not int or count < 1:
            what = f"Expected a number of black boxes, got {count!r}."
            self.faults.append(DocumentFault(at, what, "Write it as split = 30."))
        elif "split" not in self.raw:
            self.faults.append(DocumentFault(at, "There is no seed to split by.", 'Add [split] with seed = "...".'))
        else:
            return count
        return 0

    def _read_boards(self, boxes: Mapping[int, BlackBox], phases: Mapping[int, Phase]) -> dict[str, Any]:
        """The boards and baseline rows of the document; one without any is as a platform of before wants it."""
        boards = self._check("boards", Board, _tables(self.raw, "boards"))
        stated = self._check("baseline_rows", OwnBaselineRow, _tables(self.raw, "baseline_rows"))
        rows, self.found.zips, faults = read_rows(stated, self.found.file.parent)
        self.faults += faults
        by_name, by_label = {each.name: each for each in phases.values()}, {each.label: each for each in boxes.values()}
        self.faults += find_board_contradictions(boards, rows, by_name, by_label)
        found: dict[str, Mapping[int, Body]] = {"boards": boards, "baseline_rows": rows}
        return {part: [each.model_dump() for each in of.values()] for part, of in found.items() if of}

    def _check_baselines(self, phases: Mapping[int, Phase]) -> None:
        for index, phase in phases.items():
            if self.baselines is not None and phase.baseline not in {*self.baselines, MISSING}:
                what = f"There is no baseline set {phase.baseline!r}."
                cure = suggest(phase.baseline, self.baselines, "Import it with 'arena baseline import'.")
                self.faults.append(DocumentFault(("phases", index, "baseline"), what, cure))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
