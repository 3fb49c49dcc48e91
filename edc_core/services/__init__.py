"""The verbs of the system: every public function takes (uow, command) and returns a result. No HTTP, no SQL."""
