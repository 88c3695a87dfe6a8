"""Put the parts together: `prepare()` is the way in for every command."""

from pathlib import Path

from .databases import Databases
from .environment import DevEnvironment
from .odoo_tree import odoo_tree
from .paths import ADDON, CHECKOUT, cache, digest, workdir
from .postgres import postgres


def prepare() -> DevEnvironment:
    """Return the machine's dev, installing what is missing.

    Raises `DevError` with one sentence when a person has to do something first.
    """
    tree = odoo_tree()
    server = postgres()
    (workdir() / "odoo.conf").touch()
    data = cache() / "data" / digest(server.host, server.port)
    databases = Databases(server, data)
    return DevEnvironment(tree, server, databases, (*tree.addons, linked_addons()))


def linked_addons() -> Path:
    """Return the folder in which this checkout stands under its technical name."""
    folder = workdir() / "addons"
    folder.mkdir(exist_ok=True)
    link = folder / ADDON
    if not link.is_symlink():
        link.symlink_to(CHECKOUT)
    return folder
