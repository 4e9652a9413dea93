"""Markdown becomes HTML that shows what was meant, and does nothing else whatever it holds."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.website.markdown import ATTRIBUTES, SCHEMES, TAGS, render_markdown
from tests.support.hostile_markdown import HOSTILE


class Tags(HTMLParser):
    """The tags of a text with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_harmless(text: str) -> None:
    for tag, attributes in Tags(render_markdown(text)).found:
        assert tag in TAGS
        assert attributes.keys() <= ATTRIBUTES.get(tag, set()) | {"rel", "tabindex"}
        scheme, colon, _ = (attributes.get("href") or "").partition(":")
        assert not colon or scheme in SCHEMES or "/" in scheme or "#" in scheme or "?" in scheme


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown_is_text(text: str) -> None:
    assert_harmless(text)


@given(st.lists(st.sampled_from([*HOSTILE, *"<>[]()!`*_|#&;\\\"' \n"]), max_size=12).map("".join))
def test_hostile_markdown_in_any_combination_is_text(text: str) -> None:
    assert_harmless(text)


def test_what_is_meant_is_shown() -> None:
    shown = render_markdown(
        "# About\n\nTune *six* **models**; see [the rules](/c/demo/rules) or <https://a.example>.\n\n"
        "1. one\n2. two\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n```\nx < y\n```\n\n![a picture](https://a.example/p.png)"
    )
    for part in (
        "<h2>About</h2>",
        "<em>six</em> <strong>models</strong>",
        '<a href="/c/demo/rules" rel="nofollow noopener noreferrer">the rules</a>',
        '<a href="https://a.example" rel="nofollow noopener noreferrer">https://a.example</a>',
        "<ol>\n<li>one</li>",
        "<td>1</td>\n<td>2</td>",
        "x &lt; y",
        '<a href="https://a.example/p.png" rel="nofollow noopener noreferrer">a picture</a>',
    ):
        assert part in shown
    assert render_markdown("") == ""


def test_headings_are_below_those_of_the_page() -> None:
    assert render_markdown("# a\n\n###### b") == "<h2>a</h2>\n<h6>b</h6>\n"
