"""What keeps Podium from working on this machine, each finding with its remedy."""
