"""A violation of every check that `.pylintrc` enables, for `test_lint`.

`VIOLATIONS` maps a check to the source of one module that violates it, or to the
several files it takes: {path inside the check's own folder: source}.
`CANNOT_BE_FOUND` maps the enabled checks that this version of pylint-odoo never reports
for Odoo 19 to the reason.
"""

CANNOT_BE_FOUND = {
    "manifest-summary-multiline": "pylint-odoo reports it from Odoo 20.0 on",
    "prohibited-method-override": "the list of such methods is empty by default",
    "translation-contains-variable": "pylint-odoo reports it up to Odoo 13.0;"
    " the translation-*-interpolation checks took its place",
}


def model(body: str, base: str = "Model", name: str = "planted") -> str:
    """Return the source of a model with `body` in its class, indented by four."""
    return (
        "from odoo import _, api, fields, models\n\n\n"
        f"class Planted(models.{base}):\n"
        f'    _name = "{name}"\n\n{body}'
    )


def method(*lines: str, signature: str = "action(self, value=None)") -> str:
    """Return the source of a model with one method."""
    return model(
        f"    def {signature}:\n" + "".join(f"        {line}\n" for line in lines)
    )


def function(*lines: str) -> str:
    """Return the source of a module with one function."""
    head = "import logging\n\n_logger = logging.getLogger(__name__)\n\n\n"
    return head + "def run(value):\n" + "".join(f"    {line}\n" for line in lines)


def manifest(**values: object) -> dict[str, str]:
    """Return the files of an addon with a good manifest but for `values`."""
    good = {"name": "Planted", "version": "19.0.1.0.0", "license": "LGPL-3"}
    shown = {**good, "author": "Somebody", **values}
    kept = {key: value for key, value in shown.items() if value is not None}
    return {"README.md": "Planted", "__manifest__.py": f"{kept!r}\n"}


VIOLATIONS: dict[str, str | dict[str, str]] = {
    # === MODELS AND FIELDS === #
    "attribute-deprecated": model("    _columns = {}\n"),
    "attribute-string-redundant": model('    amount = fields.Float(string="Amount")\n'),
    "consider-merging-classes-inherited": {
        "one.py": "from odoo import models\n\n\n"
        'class One(models.Model):\n    _inherit = "res.partner"\n',
        "two.py": "from odoo import models\n\n\n"
        'class Two(models.Model):\n    _inherit = "res.partner"\n',
    },
    "context-overridden": method("return self.with_context({'lang': 'ru_RU'})"),
    "deprecated-inselect-operator": method(
        "return self.search([('id', 'inselect', value)])"
    ),
    "deprecated-name-get": method("return []", signature="name_get(self)"),
    "deprecated-odoo-model-method": method(
        "return {}", signature="fields_view_get(self)"
    ),
    "deprecated-self-cr": method("return self._cr"),
    "inheritable-method-lambda": model(
        "    def _default_amount(self):\n        return 1\n\n"
        "    amount = fields.Float(default=_default_amount)\n"
    ),
    "inheritable-method-string": model(
        "    def _compute_amount(self):\n        self.amount = 1\n\n"
        "    amount = fields.Float(compute=_compute_amount)\n"
    ),
    "invalid-commit": method("self.env.cr.commit()"),
    "method-compute": model('    amount = fields.Float(compute="amount_of")\n'),
    "method-inverse": model('    amount = fields.Float(inverse="amount_of")\n'),
    "method-required-super": method("return True", signature="write(self, vals)"),
    "method-search": model('    amount = fields.Float(search="amount_of")\n'),
    "missing-return": method("super().action(value)"),
    "no-raise-unlink": method(
        "raise ValueError(value)",
        "return super().unlink()",
        signature="unlink(self, value=None)",
    ),
    "no-search-all": method("return self.search([])"),
    # Only in folders called models: for our rooms test_architecture has a check.
    "no-wizard-in-models": {"models/wizard.py": model("", base="TransientModel")},
    "no-write-in-compute": model(
        '    amount = fields.Float(compute="_compute_amount")\n\n'
        "    def _compute_amount(self):\n        self.write({'amount': 1})\n"
    ),
    "renamed-field-parameter": model("    amount = fields.Float(select=True)\n"),
    "sql-injection": method('self.env.cr.execute("SELECT %s" % value)'),
    "super-method-mismatch": method("return super().another(value)"),
    # === TRANSLATIONS === #
    "prefer-env-translation": method('return _("Word")'),
    "translation-field": model('    amount = fields.Float(help=_("Word"))\n'),
    "translation-format-interpolation": method(
        'return self.env._("Word {}".format(value))'
    ),
    "translation-format-truncated": method('return self.env._("Word %", value)'),
    "translation-fstring-interpolation": method('return self.env._(f"Word {value}")'),
    "translation-injection": method('return self.env._("Word {}").format(value)'),
    "translation-not-lazy": method('return self.env._("Word %s" % value)'),
    "translation-positional-used": method(
        'return self.env._("Word %s %s", value, value)'
    ),
    "translation-required": "from odoo.exceptions import UserError\n\n\n"
    'def run():\n    raise UserError("Word")\n',
    "translation-too-few-args": method('return self.env._("Word %s %s", value)'),
    "translation-too-many-args": method('return self.env._("Word %s", value, value)'),
    "translation-unsupported-format": method('return self.env._("Word %y", value)'),
    # === IMPORTS AND CALLS === #
    "bad-builtin-groupby": "import itertools\n\nGROUPS = itertools.groupby([])\n",
    "except-pass": function(
        "try:", "    value.run()", "except ValueError:", "    pass"
    ),
    "external-request-timeout": 'import requests\n\nrequests.get("http://localhost")\n',
    "odoo-addons-relative-import": "from odoo.addons.account_tochka import models\n",
    "odoo-exception-warning": "from odoo.exceptions import Warning\n",
    "print-used": function("print(value)"),
    "test-folder-imported": {
        "__init__.py": "from . import tests\n",
        "tests/test_planted.py": "",
    },
    # === MANIFEST === #
    "development-status-allowed": manifest(development_status="Good"),
    "license-allowed": manifest(license="WTFPL"),
    "manifest-author-string": manifest(author=["Somebody"]),
    "manifest-behind-migrations": {
        **manifest(),
        "migrations/19.0.2.0.0/post-planted.py": "",
    },
    "manifest-data-duplicated": {
        **manifest(data=["data.xml", "data.xml"]),
        "data.xml": "<odoo/>",
    },
    "manifest-deprecated-key": manifest(description="Planted"),
    "manifest-external-assets": manifest(
        assets={"web.assets_backend": ["https://example.com/planted.js"]}
    ),
    "manifest-maintainers-list": manifest(maintainers="somebody"),
    "manifest-required-key": manifest(license=None),
    "manifest-version-format": manifest(version="1.0"),
    "missing-readme": {"__manifest__.py": manifest()["__manifest__.py"]},
    "resource-not-exist": manifest(data=["nothing.xml"]),
    "website-manifest-key-not-valid-uri": manifest(website="nowhere"),
    # === PYTHON === #
    "anomalous-backslash-in-string": 'TEXT = "\\d"\n',
    "assignment-from-none": "def nothing():\n    return None\n\n\nTEXT = nothing()\n",
    "dangerous-default-value": "def run(values=[]):\n    return values\n",
    "duplicate-key": 'VALUES = {"one": 1, "one": 2}\n',
    "eval-used": 'VALUE = eval("1")\n',
    "function-redefined": "def run():\n    return 1\n\n\ndef run():\n    return 2\n",
    "logging-format-interpolation": function('_logger.info("Word {}".format(value))'),
    "logging-fstring-interpolation": function('_logger.info(f"Word {value}")'),
    "logging-not-lazy": function('_logger.info("Word %s" % value)'),
    "pointless-statement": function("value == 1"),
    "pointless-string-statement": function('value = 1; "Word"'),
    "redundant-keyword-arg": function("return run(value, value=value)"),
    "reimported": "import os\nimport os\n\nPATH = os.curdir\n",
    "return-in-init": "class Planted:\n    def __init__(self):\n        return 1\n",
    "syntax-error": "def run(:\n",
    "too-few-format-args": 'TEXT = "%s %s" % (1,)\n',
    "undefined-variable": "TEXT = nothing\n",
    "unreachable": function("return value", "value = 1"),
    "use-vim-comment": "# vim: ts=4\n",
    "used-before-assignment": function("text = text + value", "return text"),
}
