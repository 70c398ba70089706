"""The race: Podium against AutoML systems on the same rows, for the same seconds, on the same cores.

``make race COMPETITION=titanic BUDGET=240s PEERS="autogluon flaml lightautoml mljar"``. Held-out rows are one fold of
the competition's own split. A peer runs in an environment of its own (``make race-setup``) and gets the raw files, as
its quick start has it; on a second line it gets the features that Podium made. What a contestant says of its own time
is not asked: seconds and memory are taken from outside, process start included.
"""
