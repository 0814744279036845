"""What operators see of won deals."""
