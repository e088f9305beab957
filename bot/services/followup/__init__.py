"""随访: discharges in, plans chosen, steps laid out and begun (docs/followup.md)."""
