"""Builds `home/asterisk-root`: Asterisk and espeak-ng of Debian sid with all their libraries, for machines without.

Other programs of Debian that only tests and benchmarks start get a root of their own the same way (`ensure_tool`).

apt resolves and downloads into a state of its own, signed by Debian's keyring, and `dpkg-deb` unpacks: no rights, no
chroot, nothing on the system is touched. The address of the mirror comes from the machine's own apt sources, else from
`MARKAZ_DEBIAN_MIRROR`, else (Ubuntu) from what the package python-apt-common says. A build happens in a folder beside
the root and takes its place in one rename, so that one that was interrupted leaves nothing half done.
"""

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markaz.kit.errors import MarkazError
from markaz.telephony.asterisk.program import (
    ROOT_NAME,
    ROOT_VARIABLE,
    AsteriskMissing,
    espeak_in,
    find_espeak,
    loader_of,
    program_in,
    system_program,
)

SUITE: Final = "sid"
MIRROR_VARIABLE: Final = "MARKAZ_DEBIAN_MIRROR"
LAYOUT: Final = 1
"""Raised when a root that was built before no longer serves."""
DISK_BYTES_MIN: Final = 900_000_000
LISTS_SECONDS_MAX: Final = 600
DOWNLOAD_SECONDS_MAX: Final = 1800
UNPACK_SECONDS_MAX: Final = 300
PROGRESS_SECONDS: Final = 5.0

_ASTERISK: Final = ("asterisk", "asterisk-core-sounds-en")
_ESPEAK: Final = ("espeak-ng",)
_KEYRINGS: Final = ("usr/share/keyrings/debian-archive-keyring.gpg", "usr/share/keyrings/debian-archive-keyring.pgp")
_KEPT_SHARES: Final = ("asterisk", "alsa")
_KEPT_PROGRAMS: Final = ("asterisk", "espeak-ng")
_STAMP: Final = ".markaz-root"

Say = Callable[[str], None]


@dataclass(eq=False)
class PrivateRootImpossible(MarkazError):
    """{problem}; {remedy}"""

    code = "private_root_impossible"
    problem: str
    remedy: str


def ensure_programs(home: Path, say: Say) -> None:
    """Make sure that Asterisk and espeak-ng can be found, building the private root for what the system lacks.

    `say` gets one line of progress at a time. Raises `PrivateRootImpossible`, `AsteriskMissing`.
    """
    if os.environ.get(ROOT_VARIABLE):
        program_in(Path(os.environ[ROOT_VARIABLE]).resolve())
        find_espeak(home)
        return
    wanted = (*(() if system_program() else _ASTERISK), *(() if shutil.which("espeak-ng") else _ESPEAK))
    if not wanted:
        return
    home.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with (home / f"{ROOT_NAME}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        root = home.resolve() / ROOT_NAME
        if not _serves(root, wanted):
            packages = (*_ASTERISK, *_ESPEAK) if wanted[0] == "asterisk" else wanted
            _build(root, packages, _KEPT_PROGRAMS, say)
            say(f"private root ready in {time.monotonic() - began:.0f} s")


def ensure_tool(home: Path, tool: str, package: str, say: Say) -> list[str]:
    """The argv prefix that runs `tool` of Debian's `package`: the system's, else the one in `home/<tool>-root`.

    That root is built when it is missing. Raises `PrivateRootImpossible`.
    """
    if found := shutil.which(tool):
        return [found]
    home.mkdir(parents=True, exist_ok=True)
    root = home.resolve() / f"{tool}-root"
    with (home / f"{root.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / _STAMP).is_file():
            _build(root, (package,), (tool,), say)
    return [*loader_of(root), str(root / "usr/bin" / tool)]


def _serves(root: Path, wanted: tuple[str, ...]) -> bool:
    """Whether the root that is there has what is `wanted`, in the present layout, and runs on this machine."""
    try:
        layout, *packages = (root / _STAMP).read_text().split()
    except (OSError, ValueError):
        return False
    if layout != str(LAYOUT) or not set(wanted) <= set(packages):
        return False
    try:
        if "asterisk" in wanted:
            program_in(root)
    except AsteriskMissing:
        return False
    return True


def _build(root: Path, packages: tuple[str, ...], programs: tuple[str, ...], say: Say) -> None:
    """Download and unpack `packages`, keep `programs` and their libraries, and put that in the place of `root`."""
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise PrivateRootImpossible(
                problem=f"This system lacks {' and '.join(packages)} and has no {tool} to get them",
                remedy="install them with the system's package manager, or name a root that was built elsewhere: "
                f"{ROOT_VARIABLE}=FOLDER make setup",
            )
    if (free := shutil.disk_usage(root.parent).free) < DISK_BYTES_MIN:
        raise PrivateRootImpossible(
            problem=f"{root.parent} has {free // 1_000_000} MB free and {' and '.join(packages)} need "
            f"{DISK_BYTES_MIN // 1_000_000} MB to build",
            remedy="put it on a larger disk: MARKAZ_HOME=FOLDER make setup",
        )
    work = root.with_name(f"{root.name}.partial")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        fresh = work / "root"
        _unpack(_download(work, packages, say), fresh, say)
        _prune(fresh, programs)
        _prove(fresh, packages, programs)
        (fresh / _STAMP).write_text(f"{LAYOUT} {' '.join(packages)}\n")
        shutil.rmtree(root, ignore_errors=True)
        fresh.rename(root)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _download(work: Path, packages: tuple[str, ...], say: Say) -> list[Path]:
    """The .deb files of `packages` and all that they depend on."""
    own = _Apt(work / "system")
    mirror = _mirror(own)
    keyring = _keyring(own)
    apt = _Apt(work / "sid", source=f"deb [signed-by={keyring}] {mirror} {SUITE} main", empty_system=True)
    say(f"reading Debian {SUITE}'s list of packages")
    apt.update(say)
    say(f"downloading {', '.join(packages)} and their libraries (about 95 MB)")
    apt.run("install", "--yes", "--download-only", *packages, seconds_max=DOWNLOAD_SECONDS_MAX, say=say)
    return sorted(apt.archives.glob("*.deb"))


def _unpack(packages: list[Path], fresh: Path, say: Say) -> None:
    say(f"unpacking {len(packages)} packages")
    fresh.mkdir()
    for package in packages:
        _extract(package, fresh)
        package.unlink()


def _extract(package: Path, folder: Path) -> None:
    done = subprocess.run(
        ["dpkg-deb", "--extract", str(package), str(folder)],
        capture_output=True, text=True, timeout=UNPACK_SECONDS_MAX, check=False,
    )  # fmt: skip
    if done.returncode:
        raise PrivateRootImpossible(
            problem=f"{package.name} could not be unpacked ({_last_line(done.stderr)})", remedy="try again: make setup"
        )


def _prune(root: Path, programs: tuple[str, ...]) -> None:
    """Leave what the programs load: libraries, modules, voices, sounds and Asterisk's own XML."""
    for folder in (root / "usr/bin", root / "usr/sbin"):
        _keep_only(folder, programs)
    _keep_only(root / "usr/share", _KEPT_SHARES)
    _keep_only(root, ("usr", "lib", "lib64"))
    for perl in (*root.glob("usr/lib/*/perl"), *root.glob("usr/lib/*/perl-base"), root / "usr/libexec"):
        shutil.rmtree(perl, ignore_errors=True)


def _keep_only(folder: Path, names: tuple[str, ...]) -> None:
    for entry in folder.iterdir() if folder.is_dir() else ():
        if entry.name in names:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _prove(root: Path, packages: tuple[str, ...], programs: tuple[str, ...]) -> None:
    """The programs really start here, before the root takes its place."""
    try:
        if "asterisk" in packages:
            program_in(root)
        commands = [[*espeak_in(root), "--version"]] if "espeak-ng" in programs else []
        tools = [name for name in programs if name not in _KEPT_PROGRAMS]
        commands += [[*loader_of(root), str(root / "usr/bin" / name), "-v"] for name in tools]
    except MarkazError as error:
        raise _unfit(str(error)) from error
    for command in commands:
        started = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
        )
        if not started.stdout:  # some end with a code of their own after telling their version
            raise _unfit(_last_line(started.stderr))


def _unfit(why: str) -> PrivateRootImpossible:
    return PrivateRootImpossible(
        problem=f"Debian's present packages do not run on this machine ({why})",
        remedy="install Asterisk 20.20 or newer and espeak-ng on the system, then: make setup",
    )


def _mirror(own: "_Apt") -> str:
    """The address of a Debian mirror: the variable's, the machine's own (Debian), python-apt-common's (Ubuntu)."""
    if named := os.environ.get(MIRROR_VARIABLE):
        return named
    if (mirror := own.debian_mirror()) is not None:
        return mirror
    template = Path("usr/share/python-apt/templates/Debian.info")
    known = next((place for place in (Path("/") / template, own.unpacked("python-apt-common") / template)
                  if place.is_file()), None)  # fmt: skip
    for line in known.read_text().splitlines() if known else ():
        if line.startswith("BaseURI:"):
            # A bare machine has no certificates; apt trusts signatures, not the way.
            return line.partition(":")[2].strip().replace("https://", "http://")
    raise PrivateRootImpossible(
        problem="The machine's apt sources name no Debian mirror",
        remedy=f"name one: {MIRROR_VARIABLE}=ADDRESS make setup",
    )


def _keyring(own: "_Apt") -> Path:
    """Debian's archive keys: installed on Debian; elsewhere from the package, which the system's own archive signs."""
    for place in (Path("/"), own.unpacked("debian-archive-keyring")):
        for keyring in _KEYRINGS:
            if (place / keyring).is_file():
                return place / keyring
    raise PrivateRootImpossible(
        problem="Debian's archive keys are not on this machine",
        remedy="get them: apt-get install debian-archive-keyring",
    )


class _Apt:
    """apt with lists and cache in `folder`; its sources are the machine's own, or `source` on an empty system."""

    def __init__(self, folder: Path, *, source: str | None = None, empty_system: bool = False) -> None:
        for part in ("state/lists/partial", "cache/archives/partial", "log"):
            (folder / part).mkdir(parents=True)
        self.folder = folder
        self.archives = folder / "cache/archives"
        self._updated = False
        options = {
            "Dir::State": folder / "state",
            "Dir::Cache": folder / "cache",
            "Dir::Log": folder / "log",
            "Debug::NoLocking": "true",
            "APT::Sandbox::User": "root",  # the sandbox's user cannot walk to folders under a private home
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "Acquire::http::Timeout": "60",
            "APT::Install-Recommends": "false",
            "Acquire::Check-Valid-Until": "false",  # a mirror may be a dated copy
        }
        if empty_system:
            (folder / "status").touch()
            options |= {"Dir::State::status": folder / "status"}
        if source:
            (folder / "sources.list").write_text(source + "\n")
            options |= {
                "Dir::Etc::sourcelist": folder / "sources.list",
                "Dir::Etc::sourceparts": "/dev/null",
                "Dir::Etc::preferences": "/dev/null",
                "Dir::Etc::preferencesparts": "/dev/null",
            }
        self._options = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]

    def update(self, say: Say) -> None:
        """Fetch the lists of packages. apt calls an unreachable mirror a warning; here it is an error."""
        self.run("update", "-o", "APT::Update::Error-Mode=any", seconds_max=LISTS_SECONDS_MAX, say=say)
        self._updated = True

    def run(self, command: str, *arguments: str, seconds_max: int, say: Say) -> None:
        """Run `apt-get COMMAND` with progress every few seconds. Raises `PrivateRootImpossible`."""
        log = self.folder / "log" / f"{command}.txt"
        with log.open("w") as output:
            child = subprocess.Popen(
                ["apt-get", "-q", *self._options, command, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, env={**os.environ, "LC_ALL": "C"},
            )  # fmt: skip
            try:
                code = self._watch(child, command, seconds_max, say)
            finally:
                if child.poll() is None:
                    child.kill()
                    child.wait()
        if code:
            errors = [line for line in log.read_text(errors="replace").splitlines() if line.startswith(("E:", "Err:"))]
            raise PrivateRootImpossible(
                problem=f"apt-get {command} failed ({errors[0] if errors else 'no answer in time'})",
                remedy="with the network and the mirror back: make setup",
            )

    def _watch(self, child: subprocess.Popen[bytes], command: str, seconds_max: int, say: Say) -> int:
        """The child's exit code, or 1 when it has not ended within `seconds_max`."""
        deadline = time.monotonic() + seconds_max
        while time.monotonic() < deadline:
            try:
                return child.wait(PROGRESS_SECONDS)
            except subprocess.TimeoutExpired:
                size = sum(file.stat().st_size for file in self.archives.rglob("*.deb"))
                say(f"still at it ({command}{f', {size // 1_000_000} MB so far' if size else ''})")
        return 1

    def debian_mirror(self) -> str | None:
        """The archive that the machine itself is installed from, when that is Debian's; `None` elsewhere."""
        facts = _os_release()
        if facts.get("ID") != "debian":
            return None
        suites = {facts.get("VERSION_CODENAME"), "stable", "testing", "unstable", "sid"}
        listed = subprocess.run(
            ["apt-get", "indextargets", "--format", "$(CREATED_BY) $(COMPONENT) $(RELEASE) $(REPO_URI)"],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        for line in listed.stdout.splitlines():
            made_by, component, suite, *address = line.split()
            if (made_by, component) == ("Packages", "main") and suite in suites and address:
                return address[0]
        return None

    def unpacked(self, package: str) -> Path:
        """The folder where `package` of the machine's own archive is unpacked; empty when it is not to be had."""
        folder = self.folder / package
        folder.mkdir(exist_ok=True)
        try:
            if not self._updated:
                self.update(lambda _: None)
            self.run("download", package, seconds_max=LISTS_SECONDS_MAX, say=lambda _: None)
        except PrivateRootImpossible:
            return folder
        for file in self.folder.glob(f"{package}_*.deb"):
            _extract(file, folder)
        return folder


def _os_release() -> dict[str, str]:
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except OSError:
        return {}
    return {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1] if text.strip() else "no word why"
