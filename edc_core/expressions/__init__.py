"""The language of checks, conditions and derivations: read, typed and compiled once per MetaDataVersion.

An expression sees values, never the clock or the network, so the same data give the same answer on a save, in a
batch and on an import. Every answer is three-valued: what is not known stays unknown (``values``).
"""
