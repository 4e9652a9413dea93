"""The page of every environment's packages, from the lists with which they are built."""

from arena.images.definition import find_environments, find_release

INTRODUCTION = """# Packages

Every Python package of every [environment](../participant/environments.md), in the version of this release. Your
platform lists its own at `/api/v1/packages` and on the rules page of a phase. This page is generated from the lists in
`arena/images`.
"""


def write_packages_page() -> str:
    """Return the page as Markdown: a row for each package, a column for each environment."""
    environments = find_environments()
    pythons = [f"CPython {find_release(each)[0]}" for each in environments.values()]
    packages = [each.packages for each in environments.values()]
    rows = [
        ["package", *(f"`{name}`" for name in environments)],
        ["---"] * (len(environments) + 1),
        ["Python", *pythons],
        *([name, *(each.get(name, "") for each in packages)] for name in sorted(set().union(*packages))),
    ]
    return INTRODUCTION + "\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)
