from . import loading
from . import schedule
from . import jobs
from . import tochka_day
from . import tochka_import
from . import queue
