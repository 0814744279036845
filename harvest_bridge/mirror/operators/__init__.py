"""What operators see of mirrors, and do about them."""
