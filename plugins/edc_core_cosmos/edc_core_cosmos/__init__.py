"""Forms from CDISC COSMoS specializations."""
