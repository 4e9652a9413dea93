"""What can be wrong with the boards and the baseline rows of a competition's document."""

from collections.abc import Iterator, Mapping

from arena.api.competition_document import BlackBox, Board, BoardBaseline, Competition, Phase
from arena.rules.competition_document import DocumentFault, find_twice, suggest


def find_board_faults(competition: Competition) -> list[DocumentFault]:
    """Return what is wrong with the boards and the baseline rows of a document whose form is right."""
    return find_board_contradictions(
        dict(enumerate(competition.boards)),
        dict(enumerate(competition.baseline_rows)),
        {phase.name: phase for phase in competition.phases},
        {box.label: box for box in competition.black_boxes},
    )


def find_board_contradictions(
    boards: Mapping[int, Board],
    rows: Mapping[int, BoardBaseline],
    phases: Mapping[str, Phase],
    black_boxes: Mapping[str, BlackBox],
) -> list[DocumentFault]:
    """Return what is wrong between boards and baseline rows, by their places, and what they name, by its name."""
    faults = [*find_twice("boards", boards, "name"), *find_twice("baseline_rows", rows, "name")]
    for index, board in boards.items():
        if (phase := phases.get(board.phase)) is not None:
            faults += _rule_faults(board, index, phase, black_boxes)
        else:
            what = f"There is no phase {board.phase!r}."
            faults.append(DocumentFault(("boards", index, "phase"), what, suggest(board.phase, phases)))
    return faults


def _rule_faults(
    board: Board, index: int, phase: Phase, black_boxes: Mapping[str, BlackBox]
) -> Iterator[DocumentFault]:
    at = ("boards", index)
    for place, label in enumerate(board.boxes):
        if label not in phase.boxes:
            what = f"Phase {phase.name!r} has no black box {label!r}."
            yield DocumentFault((*at, "boxes", place), what, suggest(label, phase.boxes))
    families = {black_boxes[label].family for label in phase.boxes if label in black_boxes}
    for place, family in enumerate(board.families):
        if family not in families:
            what = f"Phase {phase.name!r} has no black box of the family {family!r}."
            yield DocumentFault((*at, "families", place), what, suggest(family, families))
    if board.after_iterations is not None and board.after_iterations > phase.n_calls:
        what = f"A study of phase {phase.name!r} has {phase.n_calls} iterations, got {board.after_iterations}."
        yield DocumentFault((*at, "after_iterations"), what, f"Write {phase.n_calls} or less.")
