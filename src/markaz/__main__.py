"""`python -m markaz` is the command `markaz`."""

from markaz.cli import main

main()
