#define _GNU_SOURCE
#include "CUDP.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define CONTROL_SIZE 128

enum {
    // As many segments as the kernel takes in one message, and octets that fit into a datagram with any headers.
    SEGMENTS = 64,
    SEGMENTED_OCTETS = 60000,
    // What every IPv6 link carries (RFC 8200, section 5): segments are not fragmented.
    SEGMENT_OCTETS = 1280 - 48,
};

typedef union control {
    struct cmsghdr align;
    uint8_t bytes[CONTROL_SIZE];
} control;

typedef struct channel {
    struct mmsghdr *messages;
    struct iovec *vectors;
    struct sockaddr_storage *peers;
    control *controls;
} channel;

// Whether the kernel cuts one message into datagrams of equal length (UDP_SEGMENT, Linux 4.18).
typedef enum segmentation { UNKNOWN, AVAILABLE, MISSING } segmentation;

typedef struct implementation {
    channel rx, tx;
    uint8_t *tx_data;
    // One message for each run of datagrams, and how many it has.
    struct mmsghdr *runs;
    uint32_t *run_length;
    segmentation segments;
} implementation;

static socklen_t to_sockaddr(const cudp_endpoint *endpoint, struct sockaddr_storage *out) {
    memset(out, 0, sizeof *out);
    if (endpoint->version == 4) {
        struct sockaddr_in *v4 = (struct sockaddr_in *)out;
        v4->sin_family = AF_INET;
        v4->sin_port = htons(endpoint->port);
        v4->sin_addr.s_addr = htonl((uint32_t)endpoint->low);
        return sizeof *v4;
    }
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
    uint64_t halves[2] = {htobe64(endpoint->high), htobe64(endpoint->low)};
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(endpoint->port);
    v6->sin6_scope_id = endpoint->scope;
    memcpy(&v6->sin6_addr, halves, sizeof halves);
    return sizeof *v6;
}

static void set_ipv6(cudp_endpoint *out, const struct in6_addr *address) {
    uint64_t halves[2];
    memcpy(halves, address, sizeof halves);
    out->version = 6;
    out->high = be64toh(halves[0]);
    out->low = be64toh(halves[1]);
}

static cudp_endpoint from_sockaddr(const struct sockaddr_storage *address, socklen_t length) {
    cudp_endpoint out = {0};
    if (length == 0) return out;
    if (address->ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
        out.version = 4;
        out.low = ntohl(v4->sin_addr.s_addr);
        out.port = ntohs(v4->sin_port);
    } else if (address->ss_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
        set_ipv6(&out, &v6->sin6_addr);
        out.scope = v6->sin6_scope_id;
        out.port = ntohs(v6->sin6_port);
    }
    return out;
}

static int open_socket(const cudp_endpoint *local, uint32_t receive_buffer, uint32_t wait_milliseconds, bool shares) {
    struct sockaddr_storage address;
    socklen_t length = to_sockaddr(local, &address);
    int fd = socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP);
    if (fd < 0) return -errno;
    int on = 1, size = receive_buffer > INT32_MAX ? INT32_MAX : (int)receive_buffer;
    struct timeval limit = {wait_milliseconds / 1000, (wait_milliseconds % 1000) * 1000};
    if (address.ss_family == AF_INET) {
        setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    } else {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
        setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
    }
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (size > 0 && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (shares) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, length) != 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

int cudp_open(const cudp_endpoint *local, uint32_t receive_buffer, uint32_t wait_milliseconds) {
    return open_socket(local, receive_buffer, wait_milliseconds, false);
}

int cudp_open_shared(const cudp_endpoint *local, uint32_t receive_buffer, uint32_t wait_milliseconds) {
    return open_socket(local, receive_buffer, wait_milliseconds, true);
}

int cudp_connect(int fd, const cudp_endpoint *peer) {
    struct sockaddr_storage address;
    socklen_t length = to_sockaddr(peer, &address);
    return connect(fd, (struct sockaddr *)&address, length) == 0 ? 0 : -errno;
}

cudp_endpoint cudp_local(int fd) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &length) != 0) length = 0;
    return from_sockaddr(&address, length);
}

uint32_t cudp_receive_buffer(int fd) {
    int size = 0;
    socklen_t length = sizeof size;
    return getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, &length) == 0 ? (uint32_t)size : 0;
}

void cudp_interrupt(int fd) { shutdown(fd, SHUT_RD); }

void cudp_close(int fd) { close(fd); }

static bool channel_create(channel *c, uint32_t capacity, uint32_t slot_size, uint8_t *data) {
    c->messages = calloc(capacity, sizeof *c->messages);
    c->vectors = calloc(capacity, sizeof *c->vectors);
    c->peers = calloc(capacity, sizeof *c->peers);
    c->controls = calloc(capacity, sizeof *c->controls);
    if (!c->messages || !c->vectors || !c->peers || !c->controls || !data) return false;
    for (uint32_t i = 0; i < capacity; i++) {
        c->vectors[i].iov_base = data + (size_t)i * slot_size;
        c->messages[i].msg_hdr.msg_iov = &c->vectors[i];
        c->messages[i].msg_hdr.msg_iovlen = 1;
    }
    return true;
}

static void channel_destroy(channel *c) {
    free(c->messages);
    free(c->vectors);
    free(c->peers);
    free(c->controls);
}

cudp_batch *cudp_batch_create(uint32_t capacity, uint32_t slot_size) {
    if (capacity == 0 || capacity > 1024) return NULL;
    cudp_batch *batch = calloc(1, sizeof *batch);
    implementation *impl = calloc(1, sizeof *impl);
    if (!batch || !impl) {
        free(batch);
        free(impl);
        return NULL;
    }
    batch->capacity = capacity;
    batch->slot_size = slot_size;
    batch->impl = impl;
    batch->rx_data = malloc((size_t)capacity * slot_size);
    batch->rx_length = calloc(capacity, sizeof *batch->rx_length);
    batch->rx_time = calloc(capacity, sizeof *batch->rx_time);
    batch->rx_source = calloc(capacity, sizeof *batch->rx_source);
    batch->rx_destination = calloc(capacity, sizeof *batch->rx_destination);
    impl->tx_data = malloc((size_t)capacity * slot_size);
    impl->runs = calloc(capacity, sizeof *impl->runs);
    impl->run_length = calloc(capacity, sizeof *impl->run_length);
    bool rx = channel_create(&impl->rx, capacity, slot_size, batch->rx_data);
    bool tx = channel_create(&impl->tx, capacity, slot_size, impl->tx_data);
    if (!rx || !tx || !batch->rx_length || !batch->rx_time || !batch->rx_source || !batch->rx_destination || !impl->runs ||
        !impl->run_length) {
        cudp_batch_destroy(batch);
        return NULL;
    }
    return batch;
}

void cudp_batch_destroy(cudp_batch *batch) {
    implementation *impl = batch->impl;
    channel_destroy(&impl->rx);
    channel_destroy(&impl->tx);
    free(impl->tx_data);
    free(impl->runs);
    free(impl->run_length);
    free(impl);
    free(batch->rx_data);
    free(batch->rx_length);
    free(batch->rx_time);
    free(batch->rx_source);
    free(batch->rx_destination);
    free(batch);
}

static void read_control(struct msghdr *header, int64_t *time, cudp_endpoint *destination) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec stamp;
            memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
            *time = (int64_t)stamp.tv_sec * 1000000000 + stamp.tv_nsec;
        } else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            destination->version = 4;
            // ipi_addr would be the broadcast address for a broadcast request; a reply needs a source of our own.
            destination->low = ntohl(info.ipi_spec_dst.s_addr);
        } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            set_ipv6(destination, &info.ipi6_addr);
            if (IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr)) destination->scope = info.ipi6_ifindex;
        }
    }
}

int cudp_receive(int fd, cudp_batch *batch, bool wait) {
    implementation *impl = batch->impl;
    channel *rx = &impl->rx;
    for (uint32_t i = 0; i < batch->capacity; i++) {
        struct msghdr *header = &rx->messages[i].msg_hdr;
        rx->vectors[i].iov_len = batch->slot_size;
        header->msg_name = &rx->peers[i];
        header->msg_namelen = sizeof rx->peers[i];
        header->msg_control = rx->controls[i].bytes;
        header->msg_controllen = CONTROL_SIZE;
        header->msg_flags = 0;
    }
    int count = recvmmsg(fd, rx->messages, batch->capacity, wait ? MSG_WAITFORONE : MSG_DONTWAIT, NULL);
    if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) {
        struct msghdr *header = &rx->messages[i].msg_hdr;
        batch->rx_length[i] = header->msg_flags & MSG_TRUNC ? 0 : rx->messages[i].msg_len;
        batch->rx_source[i] = from_sockaddr(&rx->peers[i], header->msg_namelen);
        batch->rx_time[i] = 0;
        batch->rx_destination[i] = (cudp_endpoint){0};
        read_control(header, &batch->rx_time[i], &batch->rx_destination[i]);
    }
    return count;
}

static void write_header(struct msghdr *header, struct sockaddr_storage *peer, control *ancillary, const cudp_endpoint *to,
                         const cudp_endpoint *from) {
    header->msg_name = to ? peer : NULL;
    header->msg_namelen = to ? to_sockaddr(to, peer) : 0;
    header->msg_control = NULL;
    header->msg_controllen = 0;
    // A group address cannot be a source; the system chooses then.
    if (!from || from->version == 0 || (from->version == 6 && from->high >> 56 == 0xff)) return;
    memset(ancillary, 0, sizeof *ancillary);
    header->msg_control = ancillary->bytes;
    header->msg_controllen = CONTROL_SIZE;
    struct cmsghdr *c = CMSG_FIRSTHDR(header);
    if (from->version == 4) {
        struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl((uint32_t)from->low)};
        c->cmsg_level = IPPROTO_IP;
        c->cmsg_type = IP_PKTINFO;
        c->cmsg_len = CMSG_LEN(sizeof info);
        memcpy(CMSG_DATA(c), &info, sizeof info);
        header->msg_controllen = CMSG_SPACE(sizeof info);
    } else {
        uint64_t halves[2] = {htobe64(from->high), htobe64(from->low)};
        struct in6_pktinfo info = {.ipi6_ifindex = from->scope};
        memcpy(&info.ipi6_addr, halves, sizeof halves);
        c->cmsg_level = IPPROTO_IPV6;
        c->cmsg_type = IPV6_PKTINFO;
        c->cmsg_len = CMSG_LEN(sizeof info);
        memcpy(CMSG_DATA(c), &info, sizeof info);
        header->msg_controllen = CMSG_SPACE(sizeof info);
    }
}

bool cudp_queue(cudp_batch *batch, const void *data, uint32_t length, const cudp_endpoint *to, const cudp_endpoint *from) {
    if (batch->queued == batch->capacity || length > batch->slot_size) return false;
    implementation *impl = batch->impl;
    uint32_t slot = batch->queued++;
    memcpy(impl->tx.vectors[slot].iov_base, data, length);
    impl->tx.vectors[slot].iov_len = length;
    write_header(&impl->tx.messages[slot].msg_hdr, &impl->tx.peers[slot], &impl->tx.controls[slot], to, from);
    return true;
}

// Sends messages one after the other; those that the kernel refuses are skipped. Returns how many that were.
static uint32_t send_each(int fd, struct mmsghdr *messages, uint32_t count) {
    uint32_t sent = 0, refused = 0;
    while (sent < count) {
        int taken = sendmmsg(fd, messages + sent, count - sent, 0);
        if (taken > 0) {
            sent += (uint32_t)taken;
        } else if (errno != EINTR) {
            sent++;
            refused++;
        }
    }
    return refused;
}

static bool same_way(const struct msghdr *a, const struct msghdr *b) {
    return a->msg_namelen == b->msg_namelen && memcmp(a->msg_name, b->msg_name, a->msg_namelen) == 0 &&
           a->msg_controllen == b->msg_controllen &&
           (a->msg_controllen == 0 || memcmp(a->msg_control, b->msg_control, a->msg_controllen) == 0);
}

// How many slots from the first on may be one message: of equal length, with one peer and one source.
static uint32_t run_from(const channel *tx, uint32_t first, uint32_t queued) {
    size_t length = tx->vectors[first].iov_len;
    const struct msghdr *header = &tx->messages[first].msg_hdr;
    if (length == 0 || length > SEGMENT_OCTETS || header->msg_namelen == 0) return 1;
    uint32_t count = 1;
    while (first + count < queued && count < SEGMENTS && (count + 1) * length <= SEGMENTED_OCTETS &&
           tx->vectors[first + count].iov_len == length && same_way(header, &tx->messages[first + count].msg_hdr))
        count++;
    return count;
}

// A message of several slots. Their vectors lie side by side.
static void write_run(implementation *impl, uint32_t run, uint32_t first, uint32_t count) {
    struct msghdr *header = &impl->runs[run].msg_hdr;
    *header = impl->tx.messages[first].msg_hdr;
    header->msg_iovlen = count;
    impl->run_length[run] = count;
    if (count == 1) return;
    control *ancillary = &impl->tx.controls[first];
    uint16_t size = (uint16_t)impl->tx.vectors[first].iov_len;
    struct cmsghdr *c = (struct cmsghdr *)(ancillary->bytes + header->msg_controllen);
    c->cmsg_level = IPPROTO_UDP;
    c->cmsg_type = UDP_SEGMENT;
    c->cmsg_len = CMSG_LEN(sizeof size);
    memcpy(CMSG_DATA(c), &size, sizeof size);
    header->msg_control = ancillary->bytes;
    header->msg_controllen += CMSG_SPACE(sizeof size);
}

uint32_t cudp_flush(int fd, cudp_batch *batch) {
    implementation *impl = batch->impl;
    if (impl->segments == UNKNOWN) {
        int size;
        socklen_t length = sizeof size;
        impl->segments = getsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &size, &length) == 0 ? AVAILABLE : MISSING;
    }
    uint32_t refused = 0, first = 0, runs = 0;
    if (impl->segments == AVAILABLE) {
        for (uint32_t slot = 0; slot < batch->queued; slot += impl->run_length[runs++])
            write_run(impl, runs, slot, run_from(&impl->tx, slot, batch->queued));
    }
    for (uint32_t run = 0; run < runs;) {
        int taken = sendmmsg(fd, impl->runs + run, runs - run, 0);
        if (taken < 0 && errno == EINTR) continue;
        for (int i = 0; i < taken; i++) first += impl->run_length[run++];
        if (taken > 0) continue;
        // Not every device takes segments, which shows where the kernel refuses them together and takes them alone.
        bool may_be_segments = impl->run_length[run] > 1 && (errno == EIO || errno == EINVAL || errno == EMSGSIZE);
        uint32_t lost = send_each(fd, impl->tx.messages + first, impl->run_length[run]);
        if (may_be_segments && lost < impl->run_length[run]) impl->segments = MISSING;
        refused += lost;
        first += impl->run_length[run++];
    }
    refused += send_each(fd, impl->tx.messages + first, batch->queued - first);
    batch->queued = 0;
    return refused;
}

int cudp_send(int fd, const void *data, uint32_t length, const cudp_endpoint *to, const cudp_endpoint *from) {
    struct sockaddr_storage peer;
    control ancillary;
    struct iovec vector = {(void *)data, length};
    struct msghdr header = {.msg_iov = &vector, .msg_iovlen = 1};
    write_header(&header, &peer, &ancillary, to, from);
    ssize_t sent;
    do sent = sendmsg(fd, &header, MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : 0;
}

int cudp_poller_create(const int *fds, uint32_t count) {
    int poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0) return -errno;
    for (uint32_t i = 0; i < count; i++) {
        struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.fd = fds[i]};
        if (epoll_ctl(poller, EPOLL_CTL_ADD, fds[i], &event) != 0) {
            int error = errno;
            close(poller);
            return -error;
        }
    }
    return poller;
}

void cudp_poller_wait(int poller, uint32_t milliseconds) {
    struct epoll_event event;
    epoll_wait(poller, &event, 1, (int)milliseconds);
}

int cudp_poller_add(int poller, int fd, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = token};
    return epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

uint32_t cudp_poller_next(int poller, uint32_t milliseconds, uint64_t *tokens, uint32_t capacity) {
    struct epoll_event events[64];
    int count = epoll_wait(poller, events, capacity < 64 ? (int)capacity : 64, (int)milliseconds);
    for (int i = 0; i < count; i++) tokens[i] = events[i].data.u64;
    return count > 0 ? (uint32_t)count : 0;
}

int cudp_bell_create(void) {
    int bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return bell < 0 ? -errno : bell;
}

void cudp_bell_ring(int bell) { (void)!write(bell, &(uint64_t){1}, sizeof(uint64_t)); }

void cudp_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
