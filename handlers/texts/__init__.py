"""Every sentence a patient reads, in plain Chinese; nothing here decides anything."""
