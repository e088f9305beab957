"""Hospital data in and out: CSV, XLSX and FHIR R4."""
