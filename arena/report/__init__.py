"""The report of a final: what is computed, drawn and written; nothing here asks the platform for anything."""
