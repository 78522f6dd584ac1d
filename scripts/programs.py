"""Finds or gets the programs that Markaz starts: PostgreSQL, Asterisk, espeak-ng. Called by `make setup`.

With the argument `sipp`: the one that only tests and benchmarks start.
"""

import os
import sys
from pathlib import Path

from markaz.kit.errors import MarkazError
from markaz.kit.postgres_programs import find_bin_folder
from markaz.telephony.asterisk.private_root import ensure_programs, ensure_tool
from markaz.telephony.asterisk.program import find_espeak, find_program


def main() -> None:
    """Get what is missing, then say where everything is."""
    home = Path(os.environ.get("MARKAZ_HOME") or ".markaz")
    try:
        if sys.argv[1:] == ["sipp"]:
            say(f"SIPp at {ensure_tool(home, 'sipp', 'sip-tester', say)[-1]}")
            return
        postgres = find_bin_folder()
        ensure_programs(home, say)
        asterisk = find_program(home)
        espeak = find_espeak(home)
    except MarkazError as error:
        sys.exit(f"markaz: {error}")
    say(f"PostgreSQL in {postgres}")
    say(f"Asterisk {asterisk.version} at {asterisk.executable}")
    say(f"espeak-ng at {espeak[0] if len(espeak) == 1 else espeak[-2]}")


def say(line: str) -> None:
    """One line of progress."""
    print(f"markaz: {line}", flush=True)


if __name__ == "__main__":
    main()
