#ifndef CUDP_H
#define CUDP_H

#include <stdbool.h>
#include <stdint.h>

/// Batched UDP for Linux: recvmmsg and sendmmsg over buffers allocated once, with the local address and the kernel's
/// receive time of every datagram. Nothing here is safe for two threads on one batch; a descriptor may be shared.

/// One address and port, in host byte order.
typedef struct cudp_endpoint {
    uint64_t high;    ///< upper half of an IPv6 address, 0 for IPv4
    uint64_t low;     ///< lower half of an IPv6 address, or the 32 bits of an IPv4 address
    uint32_t scope;   ///< interface index of a link-local IPv6 address, else 0
    uint16_t port;    ///< 0 where unknown
    uint8_t version;  ///< 4, 6, or 0 for no address
} cudp_endpoint;

/// Receive slots, readable in place after cudp_receive, and transmit slots, filled by cudp_queue.
typedef struct cudp_batch {
    uint32_t capacity;                        ///< slots in each direction
    uint32_t slot_size;                       ///< octets per slot
    uint32_t queued;                          ///< transmit slots in use
    uint8_t *_Nonnull rx_data;                ///< slot i begins at i * slot_size
    uint32_t *_Nonnull rx_length;             ///< octets in the slot; 0 for a datagram that did not fit
    int64_t *_Nonnull rx_time;                ///< nanoseconds since 1970 UTC at arrival, 0 where the kernel gave none
    cudp_endpoint *_Nonnull rx_source;        ///< version 0: no datagram (the socket was shut down)
    cudp_endpoint *_Nonnull rx_destination;   ///< local address the datagram was sent to; port 0
    void *_Nonnull impl;
} cudp_batch;

/// A blocking socket bound to `local` (port 0: any). IPv6 sockets take IPv6 only. Asks for receive times and local addresses.
/// `receive_buffer` octets are forced past the system's limit where permitted, else asked for; 0 leaves the default.
/// `wait_milliseconds` bounds a waiting cudp_receive. Returns the descriptor or -errno.
int cudp_open(const cudp_endpoint *_Nonnull local, uint32_t receive_buffer, uint32_t wait_milliseconds);

/// The same at an address whose socket allows to share it, by the same user.
int cudp_open_shared(const cudp_endpoint *_Nonnull local, uint32_t receive_buffer, uint32_t wait_milliseconds);

/// A second socket at the address of `first`. From now on it gets the RADIUS packets with a State, which go on with what was begun, and
/// Status-Server; all others come to `first`. Returns the descriptor or -errno, and `first` gets everything as before then.
int cudp_open_urgent(int first, uint32_t receive_buffer, uint32_t wait_milliseconds);

/// Fixes the peer, for senders that talk to one address. Returns 0 or -errno.
int cudp_connect(int fd, const cudp_endpoint *_Nonnull peer);

/// The address and port the socket is bound to; version 0 on error.
cudp_endpoint cudp_local(int fd);

/// Octets of receive buffer the kernel granted, as it counts them (twice what was asked).
uint32_t cudp_receive_buffer(int fd);

/// Wakes every thread that waits on the socket; what has arrived can still be read.
void cudp_interrupt(int fd);

/// Closes the descriptor.
void cudp_close(int fd);

/// NULL when memory is short. `capacity` is at most 1024.
cudp_batch *_Nullable cudp_batch_create(uint32_t capacity, uint32_t slot_size);
void cudp_batch_destroy(cudp_batch *_Nonnull batch);

/// Reads what the socket holds, up to the capacity. With `wait`, blocks until the first datagram, the socket's time limit or
/// cudp_interrupt. Returns the number of slots filled (0: nothing there) or -errno.
int cudp_receive(int fd, cudp_batch *_Nonnull batch, bool wait);

/// Copies a datagram into the next transmit slot. `to` NULL: the connected peer; `from` NULL: the system chooses the source.
/// False when all slots are taken or `length` exceeds the slot.
bool cudp_queue(cudp_batch *_Nonnull batch, const void *_Nonnull data, uint32_t length,
                const cudp_endpoint *_Nullable to, const cudp_endpoint *_Nullable from);

/// Sends everything queued; a datagram the kernel refuses is skipped. Neighbours of one length for one peer are handed to the kernel in one
/// piece, which it cuts (UDP_SEGMENT). Returns how many were refused.
uint32_t cudp_flush(int fd, cudp_batch *_Nonnull batch);

/// Sends one datagram without waiting for buffer space. Returns 0 or -errno.
int cudp_send(int fd, const void *_Nonnull data, uint32_t length,
              const cudp_endpoint *_Nullable to, const cudp_endpoint *_Nullable from);

/// An epoll descriptor over several sockets, waking one thread for each datagram. Returns it or -errno; cudp_close closes it.
int cudp_poller_create(const int *_Nonnull fds, uint32_t count);

/// Waits until one of the sockets can be read or the time is over.
void cudp_poller_wait(int poller, uint32_t milliseconds);

/// Adds a descriptor to a poller under a number of the caller's. Closing the descriptor takes it out. Returns 0 or -errno.
int cudp_poller_add(int poller, int fd, uint64_t token);

/// Waits until descriptors added by cudp_poller_add can be read or the time is over. Returns how many tokens were written.
uint32_t cudp_poller_next(int poller, uint32_t milliseconds, uint64_t *_Nonnull tokens, uint32_t capacity);

/// A descriptor that can be read as soon as it was rung, for waking whoever waits on its poller. Returns it or -errno; cudp_close
/// closes it.
int cudp_bell_create(void);
void cudp_bell_ring(int bell);

/// Names the calling thread, at most 15 octets; Glibc's module hides the GNU call for it from Swift.
void cudp_name_thread(const char *_Nonnull name);

#endif
