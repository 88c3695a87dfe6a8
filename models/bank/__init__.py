from . import tochka_connection
from . import tochka_organization
from . import tochka_account
from . import account_journal
