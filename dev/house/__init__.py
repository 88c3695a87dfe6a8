"""Give a bare machine the real Odoo 19 and run it for this addon.

`house.bootstrap.enter()` moves a script into the prepared Python; after it,
`house.prepared.prepare()` returns the :class:`~house.home.House` that runs Odoo.
"""
