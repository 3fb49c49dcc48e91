"""Study definitions on disk: YAML to ``edc_core.domain.metadata`` and back, with findings that name the line."""
