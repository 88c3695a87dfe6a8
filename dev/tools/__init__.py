"""The development tools: install Odoo 19 on a bare machine, run it with this addon.

A script in `dev/` first calls `tools.bootstrap.enter()`, which re-runs it in the Python
that has the pinned libraries. Then `tools.prepared.prepare()` returns the
`DevEnvironment` that runs Odoo.
"""
