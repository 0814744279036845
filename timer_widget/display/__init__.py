"""What the widget shows of a person."""
