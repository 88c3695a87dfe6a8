"""This repository keeps the rules of `architecture`, and each rule can be broken."""

import tempfile
import unittest
from pathlib import Path

import architecture

ROOT = Path(__file__).resolve().parents[2]
MODEL = "from odoo import models\n\n\nclass {}(models.{}):\n    {}\n"


def model(name: str, declared: str, base: str = "Model") -> str:
    """Return the source of a class of a model."""
    return MODEL.format(name, base, declared)


# {check: [({file: source}, the finding)]}; no finding: the tree keeps the rule.
PLANTED = {
    architecture.foreign_imports: [
        (
            {"models/bank/x.py": "import requests"},
            "models/bank/x.py imports requests",
        ),
        (
            {"models/recognition/texts/x.py": "from odoo import models"},
            "models/recognition/texts/x.py imports odoo",
        ),
        (
            {
                "models/recognition/texts/x.py": "from ..y import z",
                "models/recognition/y.py": "",
            },
            "models/recognition/texts/x.py imports models.recognition.y",
        ),
        (
            {"tochka_api/x.py": "def f():\n    import odoo.tools"},
            "tochka_api/x.py imports odoo.tools",
        ),
        (
            {"simulator/x.py": "from odoo.tools import date_utils"},
            "simulator/x.py imports odoo.tools",
        ),
        (
            {"simulator/x.py": "import tochka_api", "tochka_api/__init__.py": ""},
            "simulator/x.py imports tochka_api",
        ),
        (
            {
                "tochka_api/x.py": "from odoo.addons.account_tochka import exceptions",
                "exceptions.py": "",
            },
            "tochka_api/x.py imports exceptions",
        ),
        (
            {"wizards/x.py": "from ..models.bank import y", "models/bank/y.py": ""},
            "wizards/x.py imports models.bank.y",
        ),
        (
            {"wizards/x.py": "from .. import tochka_api", "tochka_api/y.py": ""},
            "wizards/x.py imports tochka_api",
        ),
        ({"exceptions.py": "from . import models"}, "exceptions.py imports models"),
        (
            {
                "models/bank/x.py": "from ... import tochka_api\nfrom . import y\n"
                "from ...exceptions import explain\nfrom odoo import models",
                "models/bank/y.py": "import json",
                "models/recognition/texts/x.py": "from . import y\nfrom .y import z",
                "models/recognition/texts/y.py": "from stdnum import luhn",
                "dev/x.py": "import anything",
            },
            "",
        ),
    ],
    architecture.arrows_between_rooms: [
        (
            {
                "models/register/x.py": "from ..loading.y import z",
                "models/loading/y.py": "",
            },
            "models/register/x.py (register) imports models.loading.y",
        ),
        (
            {
                "models/cash_flow/x.py": "from .. import register",
                "models/register/__init__.py": "",
            },
            "models/cash_flow/x.py (cash_flow) imports models.register",
        ),
        (
            {"models/recognition/texts/x.py": "from ..y import z"},
            "(recognition/texts) imports models.recognition.y",
        ),
        (
            {"models/recognition/texts/x.py": "from ...halves import z"},
            "(recognition/texts) imports models.halves",
        ),
        (
            {
                "models/bank/x.py": "from odoo.addons.account_tochka.models.review"
                " import y"
            },
            "models/bank/x.py (bank) imports models.review",
        ),
        (
            {"models/loading/__init__.py": "from ..bank import y"},
            "models/loading/__init__.py (loading) imports models.bank",
        ),
        ({"models/attic/x.py": ""}, "models/attic/x.py is in no room"),
        (
            {
                "models/__init__.py": "from . import bank, review",
                "models/halves.py": "",
                "models/bank/x.py": "from ..halves import y\nfrom ..loading.x import z",
                "models/review/x.py": "from ..cash_flow import x\nfrom . import y",
                "models/register/x.py": "from ..recognition.texts.x import y",
            },
            "",
        ),
    ],
    architecture.circles: [
        (
            {
                "simulator/__init__.py": "",
                "simulator/a.py": "from .b import x",
                "simulator/b.py": "from . import c",
                "simulator/c.py": "def f():\n    from simulator.a import y",
            },
            "simulator.a → simulator.b → simulator.c → simulator.a",
        ),
        (
            {"benchmarks/a.py": "import b", "benchmarks/b.py": "from a import x"},
            "benchmarks.a → benchmarks.b → benchmarks.a",
        ),
        (
            {
                "dev/tools/__init__.py": "",
                "dev/tools/a.py": "from .b import x",
                "dev/tools/b.py": "from tools.a import y",
            },
            "dev.tools.a → dev.tools.b → dev.tools.a",
        ),
        (
            {
                "tochka_api/__init__.py": "from .a import x",
                "tochka_api/a.py": "from . import y",
            },
            "tochka_api → tochka_api.a → tochka_api",
        ),
        (
            {
                "wizards/a.py": "from .. import models",
                "models/__init__.py": "from . import bank",
                "models/bank/__init__.py": "from . import x",
                "models/bank/x.py": "from ...wizards import a",
            },
            "models → models.bank → models.bank.x → wizards.a → models",
        ),
        (
            {
                "models/bank/__init__.py": "from . import x, y",
                "models/bank/x.py": "from . import y\nfrom .y import z",
                "models/bank/y.py": "import json",
            },
            "",
        ),
    ],
    architecture.models_in_several_classes: [
        (
            {
                "models/a.py": model("A", '_name = "x.y"'),
                "models/bank/b.py": model("B", '_inherit = "x.y"'),
            },
            "x.y is declared in 2 classes: models/a.py:4, models/bank/b.py:4",
        ),
        (
            {
                "models/a.py": model("A", '_inherit = ["x.y"]'),
                "wizards/b.py": model("B", '_inherit: str = "x.y"', "TransientModel"),
            },
            "x.y is declared in 2 classes",
        ),
        (
            {
                "models/a.py": model("A", '_name = "x.y"\n    _inherit = ["m", "n"]'),
                "models/m.py": model("M", '_name = "m"', "AbstractModel"),
                "models/b.py": "class Plain:\n    _inherit = 'x.y'\n",
            },
            "",
        ),
    ],
    architecture.wizards_in_models: [
        (
            {"models/bank/a.py": model("A", '_name = "x.y"', "TransientModel")},
            "models/bank/a.py:4 is a wizard",
        ),
        ({"wizards/a.py": model("A", '_name = "x.y"', "TransientModel")}, ""),
    ],
    architecture.libraries_out_of_place: [
        (
            {"models/bank/x.py": "from cryptography.fernet import Fernet"},
            "models/bank/x.py imports cryptography",
        ),
        (
            {"models/recognition/texts/requisites.py": "import re"},
            "models/recognition/texts/requisites.py no longer needs stdnum",
        ),
        (
            {
                name: f"import {library}"
                for library, names in architecture.ONLY_IN.items()
                for name in names
            },
            "",
        ),
    ],
    architecture.clients_out_of_place: [
        (
            {"models/loading/x.py": "tochka_api.TochkaClient(1)"},
            "models/loading/x.py uses TochkaClient",
        ),
        (
            {"wizards/x.py": "from ..tochka_api import OAuthApp as App"},
            "wizards/x.py uses OAuthApp",
        ),
        ({"models/bank/tochka_connection.py": "tochka_api.TochkaClient(1)"}, ""),
    ],
    architecture.tests_that_lean_on_tools: [
        (
            {"tests/plain/test_x.py": "import labelled", "benchmarks/labelled.py": ""},
            "tests/plain/test_x.py imports benchmarks.labelled",
        ),
        (
            {"tests/test_x.py": "from ..benchmarks import y", "benchmarks/y.py": ""},
            "tests/test_x.py imports benchmarks.y",
        ),
        (
            {"tests/plain/test_x.py": "import tools.y", "dev/tools/y.py": ""},
            "tests/plain/test_x.py imports dev.tools.y",
        ),
        (
            {
                "tests/plain/test_lint.py": "from tools import y",
                "dev/tools/y.py": "",
                "tests/plain/test_x.py": "import case",
                "tests/plain/case.py": "",
            },
            "",
        ),
    ],
}


class TestArchitecture(unittest.TestCase):
    def test_this_repository_keeps_every_rule(self):
        checkout = architecture.Checkout(ROOT)
        self.assertGreater(len(checkout.modules), 150)
        for check in architecture.CHECKS:
            with self.subTest(check.__name__):
                findings = check(checkout)
                self.assertFalse(findings, "\n" + "\n".join(findings))

    def test_what_the_rules_name_is_there(self):
        """A renamed file or room would leave its rule without anything to check."""
        named = {f"models/{room}" for room in architecture.ROOMS}
        named |= {f"models/{name}.py" for name in architecture.SHARED_BY_ROOMS}
        named |= architecture.CLIENT_BUILDERS | architecture.TESTS_OF_DEV
        named |= set(architecture.MAY_IMPORT) - {"exceptions"} | {"exceptions.py"}
        missing = sorted(name for name in named if not (ROOT / name).exists())
        self.assertEqual(missing, [])


class TestRules(unittest.TestCase):
    """Each check finds its violations in a planted tree and nothing in a good one."""

    def found(self, check, files: dict[str, str]) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            for name, source in files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(f"{source}\n", encoding="utf-8")
            return check(architecture.Checkout(Path(folder)))

    def test_every_check_has_planted_trees_that_break_and_keep_it(self):
        self.assertEqual(set(PLANTED), set(architecture.CHECKS))
        for check in architecture.CHECKS:
            with self.subTest(check.__name__):
                expected = [bool(finding) for _files, finding in PLANTED[check]]
                self.assertEqual(set(expected), {True, False})

    def test_planted_violations_are_found(self):
        for check, trees in PLANTED.items():
            for files, finding in trees:
                with self.subTest(check.__name__, finding=finding):
                    found = self.found(check, files)
                    if finding:
                        self.assertIn(finding, "\n".join(found))
                    else:
                        self.assertEqual(found, [])


if __name__ == "__main__":
    unittest.main()
