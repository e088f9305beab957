"""Patients' rights over their data (个人信息保护法): stored, copied, corrected, withdrawn, deleted, kept."""
