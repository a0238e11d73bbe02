"""A complaint: something that somebody says went wrong, in confidence.

    received -> assigned -> resolved        acknowledged on the way; escalated by a deadline passed

Complaints officers of the organisation that runs the programme handle it. Who is complained about
never knows of it here, and of fraud and abuse nobody of their office does; what they may not know
of does not exist for them. An anonymous complainant has a reference and a secret, which reads how
it stands; we keep a keyed hash of it.
"""

from events.decider import Decider
from intake.domain.complaint.rules import decide
from intake.domain.complaint.state import evolve

complaint = Decider(decide=decide, evolve=evolve)
