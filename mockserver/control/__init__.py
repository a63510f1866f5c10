"""The control API: what the double plays, changed and looked at while it plays."""
