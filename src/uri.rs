//! URIs, split and resolved (RFC 3986), lenient about characters that people leave unencoded.
