"""Writes the generated pages of docs/reference/ and builds the site into .arena/site; a link to nowhere is an error."""

import re
import subprocess
import sys
from pathlib import Path

from deploy.documentation.commands_page import write_commands_page
from deploy.documentation.packages_page import write_packages_page
from deploy.documentation.routes_page import write_routes_page
from deploy.documentation.settings_page import write_settings_page

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
SITE = ROOT / ".arena" / "site"
ELSEWHERE = re.compile(r"<(?:link|script|img|iframe)[^>]*(?:href|src)=[\"']?(?:https?:)?//(?!127\.0\.0\.1)[^>]*>")


def main() -> None:
    """Write the pages, build the site, and check that no page loads anything from another host."""
    REFERENCE.joinpath("routes.md").write_text(write_routes_page((REFERENCE / "openapi.json").read_text()))
    REFERENCE.joinpath("settings.md").write_text(write_settings_page((ROOT / ".env.example").read_text()))
    REFERENCE.joinpath("commands.md").write_text(write_commands_page())
    REFERENCE.joinpath("packages.md").write_text(write_packages_page())
    build = subprocess.run([sys.executable, "-m", "zensical", "build", "--strict", "--clean"], cwd=ROOT, check=False)
    if build.returncode:
        sys.exit("documentation: expected a site without a warning, got those above; mend the links they name.")
    loading = [f"{page.relative_to(SITE)}: {tag}" for page in sorted(SITE.rglob("*.html")) for tag in find_loads(page)]
    if loading:
        sys.exit("documentation: expected pages that load nothing from elsewhere, got\n" + "\n".join(loading))


def find_loads(page: Path) -> list[str]:
    """Return the tags of a page that make a browser load something from another host."""
    return [tag for tag in ELSEWHERE.findall(page.read_text()) if 'rel="canonical"' not in tag]


if __name__ == "__main__":
    main()
