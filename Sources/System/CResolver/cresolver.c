#define _GNU_SOURCE
#include "CResolver.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdbool.h>
#include <string.h>

/// Copies a character-string of a record (RFC 1035 section 3.3) that ends with a zero octet then. Returns false beyond the end.
static bool take_string(const uint8_t **at, const uint8_t *end, char *out) {
    if (*at >= end || *at + 1 + **at > end) return false;
    uint8_t length = **at;
    memcpy(out, *at + 1, length);
    out[length] = 0;
    *at += 1 + length;
    return true;
}

static bool parse(ns_msg *message, ns_rr *rr, cresolver_record *out) {
    const uint8_t *at = ns_rr_rdata(*rr), *end = at + ns_rr_rdlen(*rr);
    memset(out, 0, sizeof *out);
    out->ttl = ns_rr_ttl(*rr);
    switch (ns_rr_type(*rr)) {
        case ns_t_a:
            if (end - at != 4) return false;
            memcpy(out->address, at, 4);
            return true;
        case ns_t_aaaa:
            if (end - at != 16) return false;
            memcpy(out->address, at, 16);
            return true;
        case ns_t_srv:
            if (end - at < 7) return false;
            out->order = ns_get16(at);
            out->preference = ns_get16(at + 2);
            out->port = ns_get16(at + 4);
            at += 6;
            break;
        case ns_t_naptr: {
            char regexp[256];
            if (end - at < 8) return false;
            out->order = ns_get16(at);
            out->preference = ns_get16(at + 2);
            at += 4;
            if (!take_string(&at, end, out->flags) || !take_string(&at, end, out->service) || !take_string(&at, end, regexp)) return false;
            break;
        }
        default: return false;
    }
    return ns_name_uncompress(ns_msg_base(*message), ns_msg_end(*message), at, out->target, sizeof out->target) >= 0;
}

int cresolver_query(const char *name, uint16_t type, const char *server, uint16_t port, uint32_t timeout_seconds,
                    cresolver_record *records, int capacity) {
    struct __res_state state;
    memset(&state, 0, sizeof state);
    if (res_ninit(&state) != 0) return -1;
    state.retrans = (int)timeout_seconds;
    state.retry = 2;
    if (server) {
        struct in_addr address;
        if (inet_pton(AF_INET, server, &address) != 1) {
            res_nclose(&state);
            return -1;
        }
        state.nscount = 1;
        state.nsaddr_list[0].sin_family = AF_INET;
        state.nsaddr_list[0].sin_addr = address;
        state.nsaddr_list[0].sin_port = htons(port);
    }
    uint8_t answer[NS_MAXMSG];
    int length = res_nquery(&state, name, ns_c_in, type, answer, sizeof answer);
    int error = state.res_h_errno;
    res_nclose(&state);
    if (length < 0) return error == HOST_NOT_FOUND || error == NO_DATA ? 0 : -1;
    ns_msg message;
    if (ns_initparse(answer, length, &message) != 0) return -1;
    int count = 0;
    for (int i = 0; i < ns_msg_count(message, ns_s_an) && count < capacity; i++) {
        ns_rr rr;
        if (ns_parserr(&message, ns_s_an, i, &rr) != 0) break;
        if (ns_rr_type(rr) == type && parse(&message, &rr, &records[count])) count++;
    }
    return count;
}
