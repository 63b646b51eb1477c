"""Content codings of bodies, gzip (RFC 1952) and zstd (RFC 8878), in both directions."""
