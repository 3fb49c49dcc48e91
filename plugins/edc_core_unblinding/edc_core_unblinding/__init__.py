"""Records of unblinding: who learned the treatment of a subject, when and why."""
