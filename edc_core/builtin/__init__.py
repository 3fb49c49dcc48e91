"""The core's own plugin. It imports ``edc_core.api`` alone, as any plugin does, and so keeps that honest."""
