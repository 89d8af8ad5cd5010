"""The nemesis: faults by a schedule that its seed decides, each injected, held and taken back."""
