"""Who is at the widget: widget tokens, sessions, guests, signing in and out."""
