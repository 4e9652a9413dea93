"""`python -m arena` is the command `arena`."""

from arena.commands.app import main

main()
