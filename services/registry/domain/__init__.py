"""Pure rules of what an office records: no I/O, no clock, no chance. Each refuses with :class:`.refusal.Refusal`."""
