"""What must be true at the end, by the ledger alone: its acknowledged operations, folded in the order of each event."""

from semaine.faults.expected.editions import Decided, Editions
from semaine.faults.expected.folding import expected
from semaine.faults.expected.programme import Event, Expected, SignUp

__all__ = ["Decided", "Editions", "Event", "Expected", "SignUp", "expected"]
