"""Download modules and libraries that others released, for the benchmarks.

They come from the Python index as wheels of pinned versions, without dependencies, once
a machine. They run beside our code and are never copied into it.
"""

import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

from tools.errors import DevError
from tools.install import build_once
from tools.paths import cache, digest
from tools.progress import step


def with_modules(dev, wheels):
    """Return `dev` with the modules in these wheels on its addons path."""
    addons = unpacked(dev, wheels) / "odoo" / "addons"
    return replace(dev, addons_path=(*dev.addons_path, addons))


def unpacked(dev, wheels):
    """Return the folder in which these wheels are unpacked.

    :param tuple[str] wheels: requirements, each with its version
    :raise DevError: when they cannot be downloaded
    """
    folder = cache() / "released" / digest(*wheels)
    return build_once(folder, lambda half: _fetch(dev, half, wheels))


def _fetch(dev, folder: Path, wheels):
    with step(f"released: {', '.join(wheels)}"):
        command = [str(dev.python), "-m", "pip", "download", "-qq", "--no-deps"]
        command += ["--disable-pip-version-check", "-d", str(folder), *wheels]
        if subprocess.run(command, stdout=2).returncode:
            raise DevError(f"These could not be downloaded: {', '.join(wheels)}")
        for wheel in folder.glob("*.whl"):
            zipfile.ZipFile(wheel).extractall(folder)
