"""问卷: a documented subset of FHIR R4 Questionnaire, read, checked, asked, scored.  No I/O besides its own forms."""
