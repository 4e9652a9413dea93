"""The page of every environment's packages, from the lists with which they are built."""

from arena.images.definition import find_environments, find_release
from deploy.website.libraries import pinned_libraries

INTRODUCTION = """# Packages

Every Python package of every [environment](../participant/environments.md), in the version of this release. Your
platform lists its own at `/api/v1/packages` and on the rules page of a phase. This page is generated from the lists in
`arena/images`.
"""
LIBRARIES = """
## In the website

Pages load these libraries from the platform itself. Their licences are served beside them.
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
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    libraries = "".join(f"- {each.name} {each.version}, licence {each.license}\n" for each in pinned_libraries())
    return f"{INTRODUCTION}\n{table}{LIBRARIES}\n{libraries}"
