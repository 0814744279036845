"""The sandbox in the browser: what it holds, what it is asked, and every knob of it (docs/sandbox.md)."""
