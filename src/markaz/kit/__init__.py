"""What every part may stand on: time, errors, the database launcher. No business words."""
