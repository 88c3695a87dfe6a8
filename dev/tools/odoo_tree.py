"""Find Odoo 19: the one in `$ODOO_HOME`, or Debian's package in the cache."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .debian import Apt
from .errors import DevError
from .install import build_once
from .paths import cache, digest
from .progress import say, step

ODOO_VERSION = "19.0.0+dfsg-1"
ODOO_SUITE = "sid"
# The package's static files are links into these packages. Their file names, and the
# version 4.7 of Font Awesome, are those of this stable suite.
COMPANION_SUITE = "trixie"
COMPANIONS = (
    "libjs-jquery",
    "libjs-underscore",
    "libjs-jquery-form",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-ocr-b",
)
# Debian leaves this file out because its source is not free. Without it the bundle of
# the web client logs an error, which fails browser tests; an empty file is enough.
STRIPPED = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class OdooTree:
    """An installed Odoo: its launcher, its Python path, its addons, its version."""

    launcher: Path
    python_path: Path
    addons: tuple[Path, ...]
    version: str


def odoo_tree() -> OdooTree:
    """Return the Odoo to run; download it on the first call on a machine."""
    if os.environ.get("ODOO_HOME"):
        return _own_tree(Path(os.environ["ODOO_HOME"]).expanduser().resolve())
    key = digest(ODOO_VERSION, COMPANION_SUITE, *COMPANIONS, STRIPPED)
    root = build_once(cache() / "odoo" / key, _fetch)
    return _package_tree(root)


def _own_tree(home: Path) -> OdooTree:
    if (home / "usr/bin/odoo").exists():
        return _package_tree(home)
    if not (home / "odoo-bin").exists():
        raise DevError(f"ODOO_HOME is {home}, where there is no odoo-bin of Odoo 19.")
    addons = tuple(p for p in (home / "odoo/addons", home / "addons") if p.is_dir())
    return OdooTree(home / "odoo-bin", home, addons, digest(home))


def _package_tree(root: Path) -> OdooTree:
    packages = root / "usr/lib/python3/dist-packages"
    addons = (packages / "odoo/addons",)
    return OdooTree(root / "usr/bin/odoo", packages, addons, root.name)


def _fetch(root: Path) -> None:
    with step("Odoo 19 (123 MB)"), tempfile.TemporaryDirectory() as state:
        suite = Apt(ODOO_SUITE, Path(state))
        suite.extract("odoo-19", root, _available(suite.versions("odoo-19")))
        companions = Apt(COMPANION_SUITE, Path(state))
        for package in COMPANIONS:
            companions.extract(package, root)
    stripped = root / "usr/lib/python3/dist-packages/odoo/addons" / STRIPPED
    stripped.parent.mkdir(parents=True, exist_ok=True)
    stripped.touch()


def _available(versions: list[str]) -> str:
    """Return the pinned version, or with a notice the newest 19.0 of the archive."""
    if ODOO_VERSION in versions:
        return ODOO_VERSION
    newer = next((v for v in versions if v.startswith("19.0")), None)
    if not newer:
        raise DevError(
            f"The Debian archive no longer has odoo-19 {ODOO_VERSION}, nor another"
            " 19.0: set ODOO_HOME to the folder of an Odoo 19."
        )
    say(f"  the archive no longer has odoo-19 {ODOO_VERSION}: taking {newer}")
    return newer
