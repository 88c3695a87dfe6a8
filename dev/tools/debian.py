"""Fetch Debian packages without installing them and without being root."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from .errors import DevError

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def mirror() -> str:
    """Return `$DEBIAN_MIRROR`, or the Debian archive that apt uses on this machine."""
    if os.environ.get("DEBIAN_MIRROR"):
        return os.environ["DEBIAN_MIRROR"]
    if not shutil.which("apt-get"):
        raise DevError(
            "There is no apt-get here to fetch Odoo 19 with:"
            " set ODOO_HOME to the folder of an Odoo 19."
        )
    found = _archives()
    if not found and not os.geteuid():
        _run(["apt-get", "update"])
        found = _archives()
    if not found:
        raise DevError(
            "apt here knows no Debian archive (it does after `apt-get update` as root):"
            " or set DEBIAN_MIRROR to the address of one, or ODOO_HOME to an Odoo 19."
        )
    return found[0]


def _archives() -> list[str]:
    command = ["apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI)"]
    listed = _run([*command, "Created-By: Packages"]).splitlines()
    found = [line.removeprefix("Debian ") for line in listed]
    return [uri for uri in found if " " not in uri and "security" not in uri]


class Apt:
    """One suite of the Debian archive; apt's state is kept in a private folder."""

    def __init__(self, suite: str, folder: Path):
        """Read the index of `suite`; signatures are verified by apt."""
        if not Path(KEYRING).exists():
            raise DevError("Debian's keys are missing: install debian-archive-keyring.")
        self.suite = suite
        root = folder / suite
        for part in ("lists/partial", "cache/archives/partial"):
            (root / part).mkdir(parents=True)
        sources = root / "sources.list"
        sources.write_text(f"deb [signed-by={KEYRING}] {mirror()} {suite} main\n")
        self.options = [
            f"-oDir::Etc::sourcelist={sources}",
            "-oDir::Etc::sourceparts=/dev/null",
            f"-oDir::State::Lists={root / 'lists'}",
            f"-oDir::Cache={root / 'cache'}",
            "-oAcquire::Languages=none",
            "-oAcquire::Retries=3",
            "-oAPT::Sandbox::User=",
        ]
        _run(["apt-get", *self.options, "-qq", "update"])

    def versions(self, package: str) -> list[str]:
        """Return the versions of `package` in the suite, the newest first."""
        listed = _run(["apt-cache", *self.options, "madison", package])
        return [line.split("|")[1].strip() for line in listed.splitlines()]

    def extract(self, package: str, into: Path, version: str = "") -> None:
        """Download `package` and unpack it under `into`."""
        wanted = f"{package}={version}" if version else package
        with tempfile.TemporaryDirectory() as folder:
            command = ["apt-get", *self.options, "-qq", "download", wanted]
            _run(command, cwd=folder)
            for deb in Path(folder).glob("*.deb"):
                _run(["dpkg", "-x", str(deb), str(into)])


def install_as_root(*packages: str) -> None:
    """Install `packages`; without root raise `DevError` with the command to run."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if os.geteuid() or not shutil.which("apt-get"):
        raise DevError(f"{packages[0]} is missing: as root, run `{' '.join(command)}`.")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _run(["apt-get", "update"])
    _run(command, env=environment)


def _run(command: list[str], **more) -> str:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, **more
    )
    if done.returncode:
        raise DevError(f"This command failed: {' '.join(command)}\n{done.stderr}")
    return done.stdout
