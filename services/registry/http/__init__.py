"""The registry's API: parse a request, run one command or query, map refusals to RFC 9457 problems."""
