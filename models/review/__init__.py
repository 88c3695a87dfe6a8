from . import payment_card
from . import account_move
from . import account_bank_statement_line
from . import res_company
