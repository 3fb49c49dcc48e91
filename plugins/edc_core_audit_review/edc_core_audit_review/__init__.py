"""Review of the audit trail by risk: late entry, changes after verification, odd hours, copies."""
