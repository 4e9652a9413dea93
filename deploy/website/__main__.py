"""Puts the libraries that the website's pages load into its assets."""

import sys

from deploy.website.libraries import LibraryMissing, install_libraries

if __name__ == "__main__":
    try:
        install_libraries()
    except LibraryMissing as missing:
        sys.exit(str(missing))
