"""Put the parts together: `prepare()` is the way in for every command."""

from pathlib import Path

from .databases import Databases
from .home import House
from .odoo_tree import odoo_tree
from .places import ADDON, CHECKOUT, cache, digest, workdir
from .postgres import postgres


def prepare() -> House:
    """Return the machine's house, installing what is missing.

    Raises `Trouble` with one sentence when a person has to do something first.
    """
    tree = odoo_tree()
    server = postgres()
    (workdir() / "odoo.conf").touch()
    data = cache() / "data" / digest(server.host, server.port)
    databases = Databases(server, data)
    return House(tree, server, databases, (*tree.addons, linked_addons()))


def linked_addons() -> Path:
    """Return the folder in which this checkout stands under its technical name."""
    folder = workdir() / "addons"
    folder.mkdir(exist_ok=True)
    link = folder / ADDON
    if not link.is_symlink():
        link.symlink_to(CHECKOUT)
    return folder
