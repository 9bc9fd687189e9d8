package dev.ringway.ffi.uring;

/**
 * Numbers of {@code linux/io_uring.h}. They are part of the kernel's ABI and the same on all architectures.
 */
public final class UringConstants
{
    /** io_uring_setup(2). */
    public static final int NR_IO_URING_SETUP = 425;
    /** io_uring_enter(2). */
    public static final int NR_IO_URING_ENTER = 426;
    /** io_uring_register(2). */
    public static final int NR_IO_URING_REGISTER = 427;

    /** Completion queue size is given. */
    public static final int SETUP_CQSIZE = 1 << 3;
    /** Sizes beyond the maximum are clamped. */
    public static final int SETUP_CLAMP = 1 << 4;
    /** The ring starts disabled; the thread that enables it becomes its submitter. */
    public static final int SETUP_R_DISABLED = 1 << 6;
    /** Submission goes on after a bad entry. */
    public static final int SETUP_SUBMIT_ALL = 1 << 7;
    /** No interrupt for task work (Linux 5.19). */
    public static final int SETUP_COOP_TASKRUN = 1 << 8;
    /** One thread submits (Linux 6.0). */
    public static final int SETUP_SINGLE_ISSUER = 1 << 12;
    /** Task work runs only when events are asked for (Linux 6.1). */
    public static final int SETUP_DEFER_TASKRUN = 1 << 13;
    /** No index array before the submission entries (Linux 6.6). */
    public static final int SETUP_NO_SQARRAY = 1 << 16;

    /** Both rings in one mapping. */
    public static final int FEAT_SINGLE_MMAP = 1;
    /** Completions are never dropped. */
    public static final int FEAT_NODROP = 1 << 1;
    /** Data named by an entry may go once it is submitted. */
    public static final int FEAT_SUBMIT_STABLE = 1 << 2;
    /** Poll is internal. */
    public static final int FEAT_FAST_POLL = 1 << 5;
    /** Enter takes a time-out. */
    public static final int FEAT_EXT_ARG = 1 << 8;
    /** Success completions can be skipped. */
    public static final int FEAT_CQE_SKIP = 1 << 11;
    /** Register calls may name the ring by its registered index. */
    public static final int FEAT_REG_REG_RING = 1 << 13;
    /** Receives and sends may take a bundle of buffers (Linux 6.10). */
    public static final int FEAT_RECVSEND_BUNDLE = 1 << 14;
    /** Enter takes a shortest wait (Linux 6.12). */
    public static final int FEAT_MIN_TIMEOUT = 1 << 15;

    /** Wait for or fetch events. */
    public static final int ENTER_GETEVENTS = 1;
    /** The argument is a {@code io_uring_getevents_arg}. */
    public static final int ENTER_EXT_ARG = 1 << 3;
    /** The fd is an index of a registered ring. */
    public static final int ENTER_REGISTERED_RING = 1 << 4;

    /** Registers buffers. */
    public static final int REGISTER_FILES_UPDATE = 6;
    /** Asks which operations there are. */
    public static final int REGISTER_PROBE = 8;
    /** Enables a ring that was set up disabled. */
    public static final int REGISTER_ENABLE_RINGS = 12;
    /** Registers a file table. */
    public static final int REGISTER_FILES2 = 13;
    /** Registers the ring's own fd. */
    public static final int REGISTER_RING_FDS = 20;
    /** Registers a provided buffer ring. */
    public static final int REGISTER_PBUF_RING = 22;
    /** Ends a provided buffer ring. */
    public static final int UNREGISTER_PBUF_RING = 23;
    /** The file table is empty at first. */
    public static final int RSRC_REGISTER_SPARSE = 1;
    /** Buffers of the ring are consumed in pieces (Linux 6.12). */
    public static final int PBUF_RING_INC = 2;

    /** Does nothing. */
    public static final int OP_NOP = 0;
    /** poll(2) once or many times. */
    public static final int OP_POLL_ADD = 6;
    /** sendmsg(2). */
    public static final int OP_SENDMSG = 9;
    /** recvmsg(2). */
    public static final int OP_RECVMSG = 10;
    /** Completes after a time. */
    public static final int OP_TIMEOUT = 11;
    /** accept4(2). */
    public static final int OP_ACCEPT = 13;
    /** Cancels other operations. */
    public static final int OP_ASYNC_CANCEL = 14;
    /** Time-out of the entry it is linked behind. */
    public static final int OP_LINK_TIMEOUT = 15;
    /** connect(2). */
    public static final int OP_CONNECT = 16;
    /** close(2). */
    public static final int OP_CLOSE = 19;
    /** read(2). */
    public static final int OP_READ = 22;
    /** write(2). */
    public static final int OP_WRITE = 23;
    /** send(2). */
    public static final int OP_SEND = 26;
    /** recv(2). */
    public static final int OP_RECV = 27;
    /** splice(2). */
    public static final int OP_SPLICE = 30;
    /** shutdown(2). */
    public static final int OP_SHUTDOWN = 34;
    /** Posts a completion to another ring. */
    public static final int OP_MSG_RING = 40;
    /** socket(2). */
    public static final int OP_SOCKET = 45;
    /** Command to a file, for sockets getsockopt and setsockopt. */
    public static final int OP_URING_CMD = 46;
    /** send(2) without a copy (Linux 6.0). */
    public static final int OP_SEND_ZC = 47;
    /** sendmsg(2) without a copy (Linux 6.1). */
    public static final int OP_SENDMSG_ZC = 48;
    /** Gives a direct descriptor a number in the process (Linux 6.8). */
    public static final int OP_FIXED_FD_INSTALL = 54;
    /** bind(2) (Linux 6.11). */
    public static final int OP_BIND = 56;

    /** fd is an index of the file table. */
    public static final int SQE_FIXED_FILE = 1;
    /** Starts after all earlier ones. */
    public static final int SQE_IO_DRAIN = 1 << 1;
    /** The next entry starts when this one has succeeded. */
    public static final int SQE_IO_LINK = 1 << 2;
    /** The next entry starts when this one has ended. */
    public static final int SQE_IO_HARDLINK = 1 << 3;
    /** Runs on a kernel worker. */
    public static final int SQE_ASYNC = 1 << 4;
    /** Takes a buffer of the group. */
    public static final int SQE_BUFFER_SELECT = 1 << 5;
    /** No completion when it succeeds. */
    public static final int SQE_CQE_SKIP_SUCCESS = 1 << 6;

    /** Polls before the first try. */
    public static final int RECVSEND_POLL_FIRST = 1;
    /** Receives until it ends. */
    public static final int RECV_MULTISHOT = 1 << 1;
    /** The buffer is a registered one. */
    public static final int RECVSEND_FIXED_BUF = 1 << 2;
    /** Takes as many buffers as fit. */
    public static final int RECVSEND_BUNDLE = 1 << 4;
    /** Accepts until it ends. */
    public static final int ACCEPT_MULTISHOT = 1;
    /** Polls before the first try to accept (Linux 6.10). */
    public static final int ACCEPT_POLL_FIRST = 1 << 2;

    /** The completion names a buffer in the upper 16 bits of its flags. */
    public static final int CQE_F_BUFFER = 1;
    /** More completions will come from the same entry. */
    public static final int CQE_F_MORE = 1 << 1;
    /** The socket had more to read. */
    public static final int CQE_F_SOCK_NONEMPTY = 1 << 2;
    /** Notification that a zero-copy send's memory is free. */
    public static final int CQE_F_NOTIF = 1 << 3;
    /** The buffer will be used for more. */
    public static final int CQE_F_BUF_MORE = 1 << 4;
    /** Position of the buffer id in the flags. */
    public static final int CQE_BUFFER_SHIFT = 16;

    /** Cancels all that match, not the first. */
    public static final int ASYNC_CANCEL_ALL = 1;
    /** Matches by fd. */
    public static final int ASYNC_CANCEL_FD = 1 << 1;
    /** Matches all. */
    public static final int ASYNC_CANCEL_ANY = 1 << 2;
    /** The fd is a direct descriptor. */
    public static final int ASYNC_CANCEL_FD_FIXED = 1 << 3;

    /** Bytes of a submission entry. */
    public static final int SQE_LENGTH = 64;
    /** Bytes of a completion entry. */
    public static final int CQE_LENGTH = 16;

    private UringConstants()
    {
    }
}
