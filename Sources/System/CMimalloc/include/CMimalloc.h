#ifndef CMIMALLOC_H
#define CMIMALLOC_H

#include <stdbool.h>

/// Has OpenSSL take its memory from mimalloc: a TLS handshake is hundreds of small allocations, a fifth of its time with glibc's. Everything
/// else stays with glibc, whose memory is smaller when idle.
///
/// To be called before anything else of OpenSSL is.
///
/// \return false, and nothing changes, where mimalloc is not installed or OpenSSL has allocated already.
bool cmimalloc_serve_openssl(void);

#endif
