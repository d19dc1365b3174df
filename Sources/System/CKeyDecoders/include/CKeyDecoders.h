#ifndef CKEYDECODERS_H
#define CKEYDECODERS_H

#include <openssl/types.h>

/// A library context for TLS that has OpenSSL's default provider with few decoders: those of the public keys that certificates hold.
///
/// OpenSSL 3 collects all decoders of a context anew for the key of each certificate that it reads, and asks each of them several times whether it
/// would do. Only peers' certificates are read in a TLS context; own keys, which come in other forms, are read before, in the default one.
///
/// \return NULL, which is the default context, where OpenSSL's configuration file names providers of its own, such as FIPS. Otherwise always the
/// same, which is never freed.
OSSL_LIB_CTX *ckeydecoders_context(void);

#endif
