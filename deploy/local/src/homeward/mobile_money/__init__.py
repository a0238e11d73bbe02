"""A provider of mobile money, simulated: it answers by the GSMA Mobile Money API 1.2.

It knows nothing of Homeward: only HTTP passes between them. A request is carried out once under its
correlation id, whatever is sent again. Each is taken (202), carried out after a moment, and knocked
for at the client's callback; one whose description holds one of these words fares otherwise:

    SIM-FAIL-requestDeclined   is taken, and fails with that error code
    SIM-REFUSE-identifierError is refused at once with that error code
    SIM-LATE                   is carried out only after a while
    SIM-LOST                   is taken, and the answer never arrives (503)
    SIM-SILENT                 nobody is knocked for: who wants to know asks
    SIM-NOW                    is carried out at once (201)
"""
