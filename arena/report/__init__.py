"""The report of a final: computing, drawing and writing; nothing here asks the platform for anything."""
