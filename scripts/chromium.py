"""Chromium for the tests in a browser: the system's, or Debian's, installed where we may. Run it to make sure of it."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
INSTALL_SECONDS_MAX = 900


def find_chromium() -> str | None:
    """The program, or None."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def main() -> int:
    """Install it where it is missing and apt-get may; for a private root it is too large."""
    if find_chromium() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("installing chromium with apt-get", flush=True)
        for command in (("update", "-q"), ("install", "-qy", "--no-install-recommends", "chromium")):
            subprocess.run(("apt-get", *command), check=False, timeout=INSTALL_SECONDS_MAX)
    found = find_chromium()
    if found is None:
        print(
            "The tests in a browser need Chromium, and this system has none that Markaz may install: install the "
            "package chromium as root, then run this again.",
            file=sys.stderr,
        )
        return 1
    print(f"Chromium at {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
