"""Draws a team's rank and score as a small picture. Pure."""

import unicodedata
from xml.etree import ElementTree

from arena.api.leaderboard import BoardRow

SVG = "http://www.w3.org/2000/svg"
LONGEST = 40
"""Characters of a name that are shown."""
HEIGHT, PADDING, NARROW, WIDE = 20, 8, 7, 13
"""In pixels; the last two are the widths of a letter, and of one that takes two columns."""


def draw_badge(title: str, row: BoardRow) -> bytes:
    """Return an SVG with the board's title on the left, and on the right the team with its rank and score."""
    left, right = _short(title), f"{_short(row.team)} {_standing(row)}"
    left_width, right_width = _width(left), _width(right)
    width = left_width + right_width
    size = {"width": str(width), "height": str(HEIGHT)}
    root = ElementTree.Element("svg", {"xmlns": SVG, **size, "role": "img", "aria-label": f"{left}: {right}"})
    ElementTree.SubElement(root, "title").text = f"{left}: {right}"
    for x, box, colour, text in ((0, left_width, "#3d4451", left), (left_width, right_width, "#1a5fb4", right)):
        ElementTree.SubElement(root, "rect", x=str(x), width=str(box), height=str(HEIGHT), fill=colour)
        label = ElementTree.SubElement(root, "text", x=str(x + box / 2), y="14", fill="#fff")
        label.attrib |= {"text-anchor": "middle", "font-family": "Verdana,DejaVu Sans,sans-serif", "font-size": "11"}
        label.text = text
    return ElementTree.tostring(root, encoding="unicode").encode()


def _standing(row: BoardRow) -> str:
    place = "unranked" if row.rank is None else f"#{row.rank}"
    return place if row.score is None else f"{place} · {row.score:.1f}"


def _short(text: str) -> str:
    """Return a name without characters that XML or a line cannot have, cut where it is too long."""
    shown = "".join(each for each in text if each.isprintable())
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(each) in "WF" for each in text)
    return 2 * PADDING + NARROW * (len(text) - wide) + WIDE * wide
