"""What the website serves of other projects' scripts and styles; none of it is in the repository."""
