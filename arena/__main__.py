"""`python -m arena` is the command `arena`."""

from arena.app import main

main()
