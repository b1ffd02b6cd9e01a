"""How soon the reference model is good, and what an accelerator is worth."""
