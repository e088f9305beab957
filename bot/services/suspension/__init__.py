"""停诊: from the decision to the last affected patient's end state (R12, R18, R19); docs/ways/suspension.md."""
