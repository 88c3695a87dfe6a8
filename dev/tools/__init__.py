"""Return a bare machine the real Odoo 19 and run it for this addon.

`tools.bootstrap.enter()` moves a script into the prepared Python; after it,
`tools.prepared.prepare()` returns the :class:`~tools.environment.DevEnvironment` that runs Odoo.
"""
