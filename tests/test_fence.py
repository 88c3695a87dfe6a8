# The check takes `super()` of the classes inside the tests for the tests' own.
# pylint: disable=missing-return
from copy import copy
from functools import wraps
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from odoo import api, fields, models
from odoo.modules import Manifest
from odoo.tests import BaseCase, tagged

from ..models.register.fence import ITEM, LINE, MOVE, READ, Fence
from ..models.register.lines_at_once import LinesAtOnce
from . import modules_read
from .test_line_creation import LineCreationCase

OTHER = "tochka_other"
# What Odoo writes into the class of a model when another class extends it.
INHERITANCE = (
    *("_base_classes__", "_inherits", "_inherits_children"),
    *("_inherit_children", "_inherit_module"),
)


@tagged("post_install", "-at_install")
class TestFence(LineCreationCase):
    """Whatever another module does to the three models, core makes the lines."""

    def setUp(self):
        super().setUp()
        self.need_at_once()
        self.seen = []
        # Made before tables change, as in a database where a module is installed.
        self.new = self.rows(self.roubles)

    def install(self, *definitions):
        """Install a module of these classes, the way Odoo does; undo it at the end."""
        known = {
            name: {
                attribute: copy(getattr(model, attribute)) for attribute in INHERITANCE
            }
            for name, model in self.registry.items()
        }
        self.addCleanup(self.uninstall, definitions, known)
        self.env["ir.module.module"].create({"name": OTHER, "state": "installed"})
        self.env.flush_all()
        names = self.registry.load(SimpleNamespace(name=OTHER))
        self.assertEqual(len(names), len(definitions))
        self.registry._setup_models__(self.env.cr, names)
        self.registry.init_models(self.env.cr, names, {"module": OTHER})

    def uninstall(self, definitions, known):
        """Bring the registry back to what it was; the tables are rolled back."""
        del models.MetaModel._module_to_models__[OTHER]
        for name in self.registry.models.keys() - known.keys():
            del self.registry.models[name]
        for name, attributes in known.items():
            for attribute, value in attributes.items():
                setattr(self.registry[name], attribute, value)
        names = {definition._name for definition in definitions} & known.keys()
        self.registry._setup_models__(self.env.cr, names)

    def assertCoresBooks(self, reason=OTHER):
        """Check that the fence names the module, and that core made all lines."""
        self.assertIn(reason, Fence.of(self.registry).reason() or "")
        with patch.object(LinesAtOnce, "_make") as at_once:
            self.assertCoreIsAsked(self.new)
        at_once.assert_not_called()
        return self.new.line_id

    # === METHODS === #

    def test_a_compute(self):
        class Other(models.Model):
            _name = MOVE
            _inherit = [MOVE]
            _module = OTHER

            @api.depends("ref")
            def _compute_invoice_partner_display_info(self):
                res = super()._compute_invoice_partner_display_info()
                for move in self:
                    move.invoice_partner_display_name = f"№ {move.ref}"
                return res

        self.install(Other)
        for move in self.assertCoresBooks().move_id:
            self.assertEqual(move.invoice_partner_display_name, f"№ {move.ref}")

    def test_arguments_of_analytic_distribution(self):
        seen = self.seen

        class Other(models.Model):
            _name = ITEM
            _inherit = [ITEM]
            _module = OTHER

            def _get_analytic_distribution_arguments(self, root_plans):
                seen.append(self.id)
                return super()._get_analytic_distribution_arguments(root_plans)

        self.install(Other)
        self.assertCoresBooks()
        self.assertGreaterEqual(len(seen), 2 * len(self.new))

    def test_a_constraint_in_python(self):
        seen = self.seen

        class Other(models.Model):
            _name = MOVE
            _inherit = [MOVE]
            _module = OTHER

            @api.constrains("ref")
            def _check_other(self):
                seen.extend(self.ids)

        self.install(Other)
        lines = self.assertCoresBooks()
        self.assertLessEqual(set(lines.move_id.ids), set(seen))

    def test_more_dependencies(self):
        class Other(models.Model):
            _name = MOVE
            _inherit = [MOVE]
            _module = OTHER

            @api.depends("ref")
            def _compute_commercial_partner_id(self):
                return super()._compute_commercial_partner_id()

        self.install(Other)
        self.assertCoresBooks()

    def test_deletion_and_onchange(self):
        class Other(models.Model):
            _name = LINE
            _inherit = [LINE]
            _module = OTHER

            @api.ondelete(at_uninstall=False)
            def _unlink_except_other(self):
                raise AssertionError

            @api.onchange("payment_ref")
            def _onchange_other(self):
                raise AssertionError

        self.install(Other)
        self.assertCoresBooks()

    def test_a_method_of_an_abstract_model(self):
        seen = self.seen

        class Other(models.AbstractModel):
            _name = "portal.mixin"
            _inherit = ["portal.mixin"]
            _module = OTHER

            @api.model_create_multi
            def create(self, vals_list):
                seen.extend(vals_list)
                return super().create(vals_list)

        self.install(Other)
        self.assertCoresBooks()
        self.assertEqual(len(seen), len(self.new))

    def test_a_new_abstract_model(self):
        class OtherMixin(models.AbstractModel):
            _name = "tochka.other.mixin"
            _description = "Brings a field"
            _module = OTHER

            mixed_in = fields.Char(default="by the mixin")

        class Other(models.Model):
            _name = ITEM
            _inherit = [ITEM, "tochka.other.mixin"]
            _module = OTHER

        self.install(OtherMixin, Other)
        items = self.assertCoresBooks().line_ids
        self.assertEqual(set(items.mapped("mixed_in")), {"by the mixin"})

    def test_a_class_that_is_no_model(self):
        seen = self.seen

        class Helper:
            __slots__ = ()
            __module__ = f"odoo.addons.{OTHER}.helper"

            def _post(self, soft=True):
                seen.append(self)
                return super()._post(soft)

        class Other(Helper, models.Model):
            _name = MOVE
            _inherit = [MOVE]
            _module = OTHER

        self.install(Other)
        self.assertCoresBooks()
        self.assertTrue(seen)

    # === FIELDS, TABLES AND PARENTS === #

    def test_a_stored_computed_field(self):
        class Other(models.Model):
            _name = ITEM
            _inherit = [ITEM]
            _module = OTHER

            twice = fields.Float(compute="_compute_twice", store=True)

            @api.depends("balance")
            def _compute_twice(self):
                for item in self:
                    item.twice = 2 * item.balance

        self.install(Other)
        for item in self.assertCoresBooks().line_ids:
            self.assertEqual(item.twice, 2 * item.balance)

    def test_another_default_and_a_required_field(self):
        class Other(models.Model):
            _name = LINE
            _inherit = [LINE]
            _module = OTHER

            sequence = fields.Integer(default=lambda self: 7)
            must = fields.Char(required=True, default="must")

        self.install(Other)
        lines = self.assertCoresBooks()
        self.assertEqual(set(lines.mapped("sequence")), {7})
        self.assertEqual(set(lines.mapped("must")), {"must"})

    def test_a_plain_field_becomes_computed(self):
        class Other(models.Model):
            _name = MOVE
            _inherit = [MOVE]
            _module = OTHER

            invoice_origin = fields.Char(compute="_compute_origin", store=True)

            @api.depends("ref")
            def _compute_origin(self):
                for move in self:
                    move.invoice_origin = f"of {move.ref}"

        self.install(Other)
        for move in self.assertCoresBooks().move_id:
            self.assertEqual(move.invoice_origin, f"of {move.ref}")

    def test_a_constraint_and_an_index_of_the_table(self):
        class Other(models.Model):
            _name = ITEM
            _inherit = [ITEM]
            _module = OTHER

            _other_check = models.Constraint("CHECK (debit != 13.13)", "Not 13.13")
            _other_index = models.Index("(debit)")

        self.install(Other)
        self.assertCoresBooks()

    def test_another_parent(self):
        class OtherParent(models.Model):
            _name = "tochka.other.parent"
            _description = "A parent of each line"
            _module = OTHER

            of_parent = fields.Char(default="of the parent")

        class Other(models.Model):
            _name = LINE
            _inherit = [LINE]
            _inherits = {"tochka.other.parent": "other_parent_id"}
            _module = OTHER

            other_parent_id = fields.Many2one(
                "tochka.other.parent", required=True, ondelete="cascade"
            )

        self.install(OtherParent, Other)
        lines = self.assertCoresBooks()
        self.assertEqual(len(lines.other_parent_id), len(lines))
        self.assertEqual(set(lines.mapped("of_parent")), {"of the parent"})

    def test_custom_fields(self):
        def custom(name, **more):
            self.env["ir.model.fields"].create(
                {
                    "name": name,
                    "ttype": "char",
                    "model_id": self.env["ir.model"]._get_id(MOVE),
                    **more,
                }
            )

        savepoint = self.env.cr.savepoint()
        self.addCleanup(self.registry._setup_models__, self.env.cr, [MOVE])
        self.addCleanup(savepoint.close, rollback=True)
        custom("x_plain")
        self.assertIsNone(Fence.of(self.registry).reason())
        custom(
            "x_computed",
            depends="ref",
            compute="for move in self: move['x_computed'] = f'of {move.ref}'",
        )
        for move in self.assertCoresBooks("x_computed").move_id:
            self.assertEqual(move.x_computed, f"of {move.ref}")

    # === PATCHES AT RUN TIME === #

    def patched(self, part, name):
        """Put a function before a method of a class, disguised as the method itself."""
        method = getattr(part, name)

        @wraps(method)
        def before(*arguments, **more):
            self.seen.append(name)
            return method(*arguments, **more)

        return patch.object(part, name, before)

    def test_a_patch_where_the_method_was_written(self):
        [written] = (
            part
            for part in type(self.env[MOVE]).mro()
            if "_post" in vars(part) and part._module == "account"
        )
        with self.patched(written, "_post"):
            self.assertCoresBooks("a patch of _post")
        self.assertTrue(self.seen)

    def test_a_patch_of_the_assembled_model(self):
        # Automation rules and audit logs do it like this.
        with self.patched(type(self.env[MOVE]), "write"):
            self.assertCoresBooks("a patch of write")
        self.assertTrue(self.seen)

    def test_a_patch_of_the_orm(self):
        with self.patched(models.BaseModel, "create"):
            self.assertCoresBooks("a patch of create")
        self.assertTrue(self.seen)

    def test_a_patch_is_seen_when_it_comes_and_when_it_goes(self):
        fence = Fence.of(self.registry)
        for _again in range(2):
            with patch.object(models.BaseModel, "flush_model"):
                self.assertIn("a patch of flush_model", fence.reason())
            self.assertIsNone(fence.reason())

    def test_a_class_that_adds_nothing(self):
        class Other(models.Model):
            _name = MOVE
            _inherit = [MOVE]
            _module = OTHER

        self.install(Other)
        self.assertIsNone(Fence.of(self.registry).reason())


@tagged("post_install", "-at_install")
class TestModulesRead(BaseCase):
    """The modules behind the fence are still what they were when they were read."""

    def test_nothing_unread_in_the_modules_that_were_read(self):
        read = modules_read.written(modules_read.LIST.read_text(encoding="utf-8"))
        self.assertEqual(read.keys(), READ - {"account_tochka"})
        folders = {
            module: manifest.path
            for module in read
            if (manifest := Manifest.for_addon(module, display_warning=False))
        }
        self.assertLessEqual({"account", "base", "mail", "web"}, folders.keys())
        changes = modules_read.changes(read, modules_read.additions(folders))
        places = {str(Path(folder).parent) for folder in folders.values()}
        self.assertFalse(
            changes,
            "This Odoo adds (+) or no longer adds (-) these to the models of a"
            " statement line. Read each of them. If it acts on a new entry of two items"
            " by what is in it, take the module out of READ in"
            " models/register/fence.py. Then write down what was read:\n"
            f"python3 tests/modules_read.py {' '.join(sorted(places))} > list.txt"
            " && mv list.txt tests/modules_read.txt",
        )
