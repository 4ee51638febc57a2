"""What leaves the machine, and nothing else does: cards and alerts that are told, boards that are mirrored."""
