#ifndef CRESOLVER_H
#define CRESOLVER_H

#include <stdint.h>

/// DNS questions through the system's resolver library, answers parsed by it.

enum { cresolver_a = 1, cresolver_aaaa = 28, cresolver_srv = 33, cresolver_naptr = 35 };

/// One record of an answer; which fields count depends on the type.
typedef struct cresolver_record {
    uint32_t ttl;              ///< seconds
    uint16_t order;            ///< NAPTR order, SRV priority
    uint16_t preference;       ///< NAPTR preference, SRV weight
    uint16_t port;             ///< SRV
    uint8_t address[16];       ///< A: the first 4 octets; AAAA
    char flags[256];           ///< NAPTR
    char service[256];         ///< NAPTR
    char target[1025];         ///< NAPTR replacement, SRV target; without the last dot
} cresolver_record;

/// Asks for the records of one type under exactly this name; CNAMEs are followed by the server that is asked.
/// `server` is an IPv4 address to ask instead of the system's servers, with `port`; NULL: the system's. `timeout_seconds` bounds one
/// attempt, of which there are two. Returns how many records were written, 0 where there are none, -1 where nobody answered.
int cresolver_query(const char *_Nonnull name, uint16_t type, const char *_Nullable server, uint16_t port, uint32_t timeout_seconds,
                    cresolver_record *_Nonnull records, int capacity);

#endif
