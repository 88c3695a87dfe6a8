from . import test_choosing
from . import test_connection
from . import test_import_wizard
from . import test_loading
from . import test_opening
from . import test_review
from . import test_rights
from . import test_schedule
