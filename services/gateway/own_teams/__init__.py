"""Teams that people make by themselves: members, invitations, tokens of their own, and merging."""
