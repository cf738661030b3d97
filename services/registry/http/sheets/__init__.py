"""Workbooks for people: templates to fill in, reports of imports, exports."""
