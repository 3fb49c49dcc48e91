"""Backs an installation up, and restores the backup aside to see that it is one."""
