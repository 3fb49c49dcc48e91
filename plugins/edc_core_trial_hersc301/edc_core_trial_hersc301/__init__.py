"""Edit checks of trial HERSC-301."""
