"""Install what is missing and return the development environment."""

from pathlib import Path

from .databases import Databases
from .environment import DevEnvironment
from .odoo_tree import odoo_tree
from .paths import ADDON, CHECKOUT, cache, digest, workdir
from .postgres import postgres


def prepare() -> DevEnvironment:
    """Return the development environment; install Odoo and PostgreSQL if necessary.

    Raise `DevError` when a person has to do something first.
    """
    tree = odoo_tree()
    server = postgres()
    (workdir() / "odoo.conf").touch()
    data = cache() / "data" / digest(server.host, server.port)
    databases = Databases(server, data)
    return DevEnvironment(tree, server, databases, (*tree.addons, linked_addons()))


def linked_addons() -> Path:
    """Return the folder in which this checkout is linked under its technical name."""
    folder = workdir() / "addons"
    folder.mkdir(exist_ok=True)
    link = folder / ADDON
    if not link.is_symlink():
        link.symlink_to(CHECKOUT)
    return folder
