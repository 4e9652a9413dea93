"""What the platform refuses is told in the words of the command line: options, settings and commands."""

import zipfile
from pathlib import Path

from tests.support.command_line import Arena, write_optimizer
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.toml_text import toml_text


async def test_refusals_name_options_settings_and_commands(gateway: Gateway, tmp_path: Path) -> None:
    (await gateway.apply(competition(phase("one"), phase("two")))).raise_for_status()
    client = await gateway.team("a")
    organizer, nobody = Arena(gateway.url, tmp_path), Arena(gateway.url, tmp_path, "")
    team = Arena(gateway.url, tmp_path, client.headers["Authorization"].removeprefix("Bearer "))
    wrong = Arena(gateway.url, tmp_path, "wrong")
    optimizer = write_optimizer(tmp_path)
    create, submit = ("team", "create", "a", "--competition", "c"), ("submit", optimizer, "--competition", "c")

    told = {
        "set ARENA_TOKEN": await nobody.run(*create),
        "Check ARENA_TOKEN": await wrong.run(*create),
        "This is for organizers, and your token is a team's.": await team.run(*create),
        "'arena team token' revokes": await organizer.run(*create),
        "Several phases are open: one, two. Say which with --phase.": await team.run(*submit),
        "the submission: Expected an id, such as": await team.run("status", "nonsense"),
        "'arena competitions' lists": await team.run("leaderboard", "--competition", "none"),
    }

    for words, (code, output, errors) in told.items():
        assert (code, output, errors.count("\n"), words in errors) == (1, "", 1, True), errors
        assert errors.startswith("arena: ")


async def test_a_name_of_the_wrong_form_is_told_in_words_and_not_by_a_pattern(gateway: Gateway, tmp_path: Path) -> None:
    arena = Arena(gateway.url, tmp_path)
    file = tmp_path / "competition.toml"
    file.write_text(toml_text({"slug": "My Cup", **competition()}))

    code, _, errors = await arena.run("competition", "apply", file)

    expected = "Expected small letters, digits and hyphens, a letter or digit first, got 'My Cup'."
    assert (code, f"{file}:1: {expected}" in errors.splitlines()) == (1, True), errors


async def test_a_zip_or_folder_with_the_optimizer_in_a_folder_is_told_where_it_was_found(
    gateway: Gateway, tmp_path: Path
) -> None:
    (await gateway.apply(competition())).raise_for_status()
    client = await gateway.team("a")
    team = Arena(gateway.url, tmp_path, client.headers["Authorization"].removeprefix("Bearer "))
    (tmp_path / "outer").mkdir()
    write_optimizer(tmp_path / "outer")
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
        archive.writestr("mine/optimizer.py", "")

    for path in ("outer", "outer.zip"):
        for command in (("submit", path, "--competition", "c"), ("pack", path), ("check", path)):
            code, output, errors = await team.run(*command)
            told = " ".join(f"{output} {errors}".split())
            assert (code, "found mine/optimizer.py: zip the contents of mine" in told) == (1, True), command
