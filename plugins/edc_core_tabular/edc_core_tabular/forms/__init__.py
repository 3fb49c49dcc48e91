"""From the data of case report forms to tables: one for each form and each repeating group, and those of the study."""
