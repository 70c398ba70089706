"""What was sent to Kaggle, what it scored there, and what to pick: the commands ``send`` and ``ledger``."""
