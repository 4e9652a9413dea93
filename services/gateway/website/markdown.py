"""Turns the organizer's Markdown into HTML that is safe to show."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup

TAGS = {"p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "hr", "br"}
TAGS |= {"em", "strong", "s", "a", "table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCROLLED_BY_KEYBOARD = {"pre": {"tabindex": "0"}, "table": {"tabindex": "0"}}
SCHEMES = {"http", "https", "mailto"}


def _lower_headings(state: StateCore) -> None:
    """Make every heading a level lower, because a page has its own first heading."""
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"


# Images would load from other sites, which our policy forbids; without the rule they become links.
_parser = MarkdownIt("js-default", {"html": False}).disable("image")
_parser.core.ruler.push("lower_headings", _lower_headings)


@lru_cache(maxsize=256)
def render_markdown(text: str) -> Markup:
    """Return Markdown as HTML with text, lists, tables and links; HTML in it is shown as text."""
    html = nh3.clean(
        _parser.render(text),
        tags=TAGS,
        attributes=ATTRIBUTES,
        set_tag_attribute_values=SCROLLED_BY_KEYBOARD,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )
    return Markup(html)  # noqa: S704 - sanitized just above
