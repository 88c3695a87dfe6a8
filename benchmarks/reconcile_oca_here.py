"""OCA's `account_reconcile_oca`, released, for the benchmark alone."""

from released_modules import with_modules

MODULE = "account_reconcile_oca"
# AGPL-3: run here beside ours, never copied.
WHEELS = (
    "odoo-addon-account-reconcile-oca==19.0.1.1.1",
    "odoo-addon-account-statement-base==19.0.1.0.1",
)


def with_reconcile(dev):
    """Return a development environment whose Odoo sees OCA's reconciliation too."""
    return with_modules(dev, WHEELS)
