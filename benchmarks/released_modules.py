"""Modules and libraries released by others, for the benchmarks alone.

Fetched once from the Python index as wheels of a pinned version, without what they
depend on; run here beside ours, never copied.
"""

import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

from house.install import once
from house.places import cache, digest
from house.progress import Trouble, step


def with_modules(house, wheels):
    """Give a house whose Odoo sees the modules in these wheels too."""
    addons = unpacked(house, wheels) / "odoo" / "addons"
    return replace(house, addons_path=(*house.addons_path, addons))


def unpacked(house, wheels):
    """Give the folder in which these wheels are unpacked.

    :param tuple[str] wheels: requirements, each with its version
    :raise Trouble: when they cannot be downloaded
    """
    folder = cache() / "released" / digest(*wheels)
    return once(folder, lambda half: _fetch(house, half, wheels))


def _fetch(house, folder: Path, wheels):
    with step(f"released: {', '.join(wheels)}"):
        command = [str(house.python), "-m", "pip", "download", "-qq", "--no-deps"]
        command += ["--disable-pip-version-check", "-d", str(folder), *wheels]
        if subprocess.run(command, stdout=2).returncode:
            raise Trouble(f"These could not be downloaded: {', '.join(wheels)}")
        for wheel in folder.glob("*.whl"):
            zipfile.ZipFile(wheel).extractall(folder)
