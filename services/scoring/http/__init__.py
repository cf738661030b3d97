"""The API of scoring. What people record is said to the registry; here it is read, weighed and steered by."""
