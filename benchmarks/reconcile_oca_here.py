"""Install OCA's `account_reconcile_oca`, as released, for `bench_reconcile`."""

from released_modules import with_modules

MODULE = "account_reconcile_oca"
# Licensed AGPL-3: run beside our code, never copied into it.
WHEELS = (
    "odoo-addon-account-reconcile-oca==19.0.1.1.1",
    "odoo-addon-account-statement-base==19.0.1.0.1",
)


def with_reconcile(dev):
    """Return `dev` with OCA's modules on its addons path."""
    return with_modules(dev, WHEELS)
