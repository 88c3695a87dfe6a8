"""Install OCA's `account_statement_import_online`, as released, for `bench_import`."""

from benched import database_with
from released_modules import with_modules

MODULE = "account_statement_import_online"
# Licensed AGPL-3: run beside our code, never copied into it.
WHEELS = (
    "odoo-addon-account-statement-base==19.0.1.0.1",
    "odoo-addon-account-statement-import-base==19.0.1.0.0.8",
    "odoo-addon-account-statement-import-online==19.0.1.0.3",
)


def with_rival(dev):
    """Return `dev` with OCA's modules on its addons path."""
    return with_modules(dev, WHEELS)


def database_with_rival(dev):
    """Yield the name of a fresh database with OCA's module; drop it afterwards."""
    return database_with(dev, "import_rival", MODULE)
