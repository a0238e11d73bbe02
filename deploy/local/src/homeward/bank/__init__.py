"""A bank, simulated: it takes pain.001 files from one folder and answers into another.

It knows nothing of Homeward: only ISO 20022 passes between them, as between any customer and
bank. A transfer is paid once, whatever is sent again. Most transfers simply succeed; one whose
creditor or remittance text holds one of these words, or that a rule names, does not:

    SIM-REJECT-AC04   is rejected with that reason (the rest of its file is not)
    SIM-LATE          stays pending, and is paid only after a while
    SIM-TWICE         is paid once, and notified again under another message id
    SIM-RETURN-AC04   is paid, and some time later comes back with that reason
"""
