from . import base_partner_merge_automatic_wizard
from . import tochka_choose_wizard
from . import tochka_import_wizard
from . import tochka_opening_wizard
from . import tochka_move_wizard
