"""Stops the installation under `.markaz` and removes it and the environment. Standard library only at import."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MARK = ".programs-found"
CACHES = (".hypothesis", ".pytest_cache", ".ruff_cache", ".import_linter_cache", "build", "dist")
STOP = "import sys, pathlib, markaz.kit.postgres as p; p.PostgresServer(pathlib.Path(sys.argv[1])).remove()"


def main() -> None:
    """Stop every PostgreSQL of the installation, then remove the folders."""
    home = (ROOT / (os.environ.get("MARKAZ_HOME") or ".markaz")).resolve()
    if home.exists() and not (home / MARK).exists():
        sys.exit(f"markaz: {home} does not look like an installation of Markaz (it has no {MARK}); nothing was removed")
    python = ROOT / ".venv/bin/python"
    for cluster in home.glob("**/postgres/cluster") if python.exists() else ():
        subprocess.run([str(python), "-c", STOP, str(cluster.parent)], check=True)
    for folder in (home, ROOT / ".venv", *(ROOT / name for name in CACHES)):
        shutil.rmtree(folder, ignore_errors=True)
    for pattern in ("**/*.so", "**/*.pyd", "**/compiled.stamp"):
        for compiled in (ROOT / "src").glob(pattern):
            compiled.unlink()


if __name__ == "__main__":
    main()
