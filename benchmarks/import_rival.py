"""OCA's `account_statement_import_online`, released, for the benchmark alone."""

from benched import database_with
from released_modules import with_modules

MODULE = "account_statement_import_online"
# AGPL-3: run here beside ours, never copied.
WHEELS = (
    "odoo-addon-account-statement-base==19.0.1.0.1",
    "odoo-addon-account-statement-import-base==19.0.1.0.0.8",
    "odoo-addon-account-statement-import-online==19.0.1.0.3",
)


def with_rival(dev):
    """Return a development environment whose Odoo sees the rival's modules too."""
    return with_modules(dev, WHEELS)


def database_with_rival(dev):
    """Return the name of a fresh database with the rival, dropped afterwards."""
    return database_with(dev, "import_rival", MODULE)
