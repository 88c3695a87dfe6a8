"""What the register takes of a row, imported without Odoo and without the rooms."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "models/register"))

import bank_row
import matching

REGISTER = Path(bank_row.__file__).parent
__all__ = ["REGISTER", "bank_row", "matching"]
