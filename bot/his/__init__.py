"""Hospital data in and out: files today, FHIR later."""
