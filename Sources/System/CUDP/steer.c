#define _GNU_SOURCE
#include "CUDP.h"

#include <errno.h>
#include <linux/filter.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    // Attributes that are looked at; a jump of the filter reaches over 255 instructions.
    ATTRIBUTES = 40,
    STEP = 5,
    PROGRAM = 3 + STEP * ATTRIBUTES + 2,
    STATE = 24,
    STATUS_SERVER = 12,
    HEADER = 20,
};

// The kernel's classic filter language has no loops. It gets the datagram's payload and returns which socket of the group is to have it, in the
// order of their binding; a load beyond the end returns 0.
static void write_program(struct sock_filter *program) {
    struct sock_filter *next = program;
    const struct sock_filter *urgent = program + PROGRAM - 1;
    *next++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0);
    *next = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, STATUS_SERVER, (uint8_t)(urgent - next - 1), 0);
    next++;
    *next++ = (struct sock_filter)BPF_STMT(BPF_LDX | BPF_IMM, HEADER);
    for (int attribute = 0; attribute < ATTRIBUTES; attribute++) {
        *next++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0);
        *next = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, STATE, (uint8_t)(urgent - next - 1), 0);
        next++;
        *next++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_B | BPF_IND, 1);
        *next++ = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0);
        *next++ = (struct sock_filter)BPF_STMT(BPF_MISC | BPF_TAX, 0);
    }
    *next++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
    *next = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 1);
}

int cudp_open_urgent(int first, uint32_t receive_buffer, uint32_t wait_milliseconds) {
    // The first was bound alone, so that a second server on this address fails to start; from here on the two share it, and with nobody who
    // binds as the first did.
    int on = 1, off = 0;
    if (setsockopt(first, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) return -errno;
    cudp_endpoint local = cudp_local(first);
    int second = cudp_open_shared(&local, receive_buffer, wait_milliseconds);
    struct sock_filter program[PROGRAM];
    write_program(program);
    struct sock_fprog filter = {.len = PROGRAM, .filter = program};
    if (second >= 0 && setsockopt(first, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &filter, sizeof filter) == 0) return second;
    int error = second >= 0 ? -errno : second;
    if (second >= 0) close(second);
    setsockopt(first, SOL_SOCKET, SO_REUSEPORT, &off, sizeof off);
    return error;
}
