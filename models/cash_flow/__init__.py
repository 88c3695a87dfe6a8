from . import cash_flow_shared
from . import cash_flow_item
from . import cash_flow_rule
from . import cash_flow_memory
from . import cash_flow_part
