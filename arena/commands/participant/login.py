"""`arena login`, `logout` and `platforms`: where the platform is and who you are, kept for all commands."""

import sys
from typing import Annotated

import typer

from arena.client.http import DEFAULT_URL, Client
from arena.client.platforms import SavedPlatform, forget_platform, platforms_path, read_platforms, save_platform
from arena.commands.options import Json
from arena.failure import Failure, Stopped
from arena.table import Heading, TextTable, show_tables
from arena.terminal import console, plain, remark, show_json

NAME_HELP = "Your own name for the platform; it tells several apart."
NameArgument = Annotated[str, typer.Argument(metavar="[NAME]", help=NAME_HELP)]
DEFAULT_NAME = "default"


def login(
    name: NameArgument = DEFAULT_NAME,
    url: Annotated[
        str | None, typer.Option("--url", help="Address of the platform; not needed to renew the token.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Keep a platform's address and your token, for all commands.

    It asks for the token, or reads it from standard input. The platform that you logged in to last is the one that
    commands use; ARENA_PLATFORM=NAME chooses another, and ARENA_URL and ARENA_TOKEN go before all of them.
    """
    known = read_platforms().platforms.get(name)
    address = (url or (known.url if known else DEFAULT_URL)).rstrip("/")
    if not address.startswith(("http://", "https://")):
        raise Failure(f"Expected --url as https://arena.example.org, got '{address}'.")
    token = _read_token(address)
    Client(address, token, retry_s=0).get("/api/v1/competitions")  # refuses a token that it does not know
    save_platform(name, SavedPlatform(address, token))
    if as_json:
        show_json({"name": name, "url": address})
    else:
        console.print(plain(f"{name}: logged in to {address}"))
        remark(f"Kept in {platforms_path()}, which only you can read.")


def logout(name: NameArgument = DEFAULT_NAME, as_json: Json = False) -> None:
    """Forget a platform and its token.

    The token itself stays valid; an organizer can revoke it.
    """
    forget_platform(name)
    if as_json:
        show_json({"name": name})
    else:
        console.print(plain(f"{name}: forgotten"))


def list_platforms(as_json: Json = False) -> None:
    """List the platforms that you are logged in to."""
    saved = read_platforms()
    found = [(name, each.url, name == saved.current) for name, each in saved.platforms.items()]
    if as_json:
        show_json({"platforms": [{"name": name, "url": url, "current": current} for name, url, current in found]})
        return
    rows = [(name, url, "current" if current else "") for name, url, current in found]
    show_tables(TextTable([Heading("name"), Heading("address"), Heading("used")], rows))
    if not found:
        remark("You are logged in to no platform; see 'arena login --help'.")


def _read_token(address: str) -> str:
    if sys.stdin.isatty():
        try:
            token = typer.prompt(f"Token for {address}", hide_input=True, err=True)
        except typer.Abort:
            raise Stopped("Stopped; nothing was kept.") from None
    else:
        token = sys.stdin.readline()
    if not token.strip():
        raise Failure("Expected a token, got nothing: type it when asked, or send it to standard input.")
    return str(token).strip()
