package dev.ringway.ffi.uring;

import dev.ringway.ffi.libc.Errno;

import static dev.ringway.ffi.uring.UringConstants.*;

/**
 * One typed function per operation. Sockets are direct descriptors (entries of the ring's file table) unless the name
 * says fd. Each writes one entry; when the queue is full it is submitted first. Owner: the ring's thread.
 * <p>
 * SAFETY: addresses given here are borrowed until the operation's last completion, except message headers, vectors,
 * socket addresses of connect and time specs, which the kernel copies at submission (FEAT_SUBMIT_STABLE).
 */
public final class Submissions
{
    private static final int IDLE_ENTERS = 64;
    private static final int POLLIN = 1;
    private static final int POLLOUT = 4;
    private static final int MSG_DONTWAIT = 0x40;

    private final IoUring ring;

    /**
     * @param ring to submit to.
     */
    public Submissions(final IoUring ring)
    {
        this.ring = ring;
    }

    /**
     * Makes room for entries that must be submitted together (linked ones).
     *
     * @param count entries needed, at most the ring's size.
     * @throws UringException when the kernel takes no entries any more: a ring that is disabled or closed, or a process
     *                        without memory. Nothing is overwritten.
     */
    public void reserve(final int count)
    {
        if (ring.sqSpace() < count)
        {
            makeRoom(count);
        }
    }

    /**
     * Submits what is prepared now, all of it, without waiting.
     *
     * @throws UringException as {@link #reserve}.
     */
    public void submit()
    {
        makeRoom(ring.sqEntries());
    }

    /** The kernel may take a part (it stops at a bad entry without SUBMIT_ALL, or when it has no memory for one). */
    private void makeRoom(final int count)
    {
        int idle = 0;
        int result;
        do
        {
            final int before = ring.sqPending();
            result = ring.enter(0, -1);
            if (ring.sqSpace() >= count)
            {
                return;
            }
            idle = ring.sqPending() < before ? 0 : idle + 1;
        }
        while (idle < IDLE_ENTERS);
        throw new UringException("the kernel takes no submissions: " + (result < 0 ? Errno.name(-result) : "") +
            " with " + ring.sqPending() + " waiting of " + ring.sqEntries());
    }

    /**
     * NOP: completes at once with 0.
     *
     * @param token user data.
     */
    public void nop(final long token)
    {
        reserve(1);
        ring.put(OP_NOP, 0, 0, -1, 0, 0, 0, 0, token, 0, 0);
    }

    /**
     * Accepts one connection into a given direct descriptor; the peer's address is written when it completes. It polls
     * first (Linux 6.10): a try makes a file and a socket before it sees that nobody waits.
     *
     * @param listenFd      listening socket, an fd.
     * @param sockAddr      memory for the peer's address, borrowed until completion; 0 for none.
     * @param sockAddrLength memory of the length of the above (int, in and out), borrowed until completion; 0 for none.
     * @param slot          direct descriptor that the connection becomes.
     * @param token         user data.
     */
    public void acceptDirect(
        final int listenFd, final long sockAddr, final long sockAddrLength, final int slot, final long token)
    {
        reserve(1);
        ring.put(
            OP_ACCEPT, 0, ACCEPT_POLL_FIRST, listenFd, sockAddrLength, sockAddr, 0, 0, token, 0, slot + 1);
    }

    /**
     * Accepts connections as plain fds until cancelled or failed.
     *
     * @param listenFd    listening socket, an fd.
     * @param acceptFlags {@code SOCK_CLOEXEC} and the like.
     * @param token       user data.
     */
    public void acceptMultishot(final int listenFd, final int acceptFlags, final long token)
    {
        reserve(1);
        ring.put(OP_ACCEPT, 0, ACCEPT_MULTISHOT, listenFd, 0, 0, 0, acceptFlags, token, 0, 0);
    }

    /**
     * Accepts connections into direct descriptors that the kernel picks (the completion's result), until cancelled or
     * failed.
     *
     * @param listenFd listening socket, an fd.
     * @param token    user data.
     */
    public void acceptMultishotDirect(final int listenFd, final long token)
    {
        reserve(1);
        ring.put(OP_ACCEPT, 0, ACCEPT_MULTISHOT, listenFd, 0, 0, 0, 0, token, 0, -1);
    }

    /**
     * Opens a socket as a direct descriptor.
     *
     * @param family   {@code AF_*}.
     * @param type     {@code SOCK_*}.
     * @param protocol usually 0.
     * @param slot     direct descriptor it becomes.
     * @param sqeFlags link flags.
     * @param token    user data.
     */
    public void socketDirect(
        final int family, final int type, final int protocol, final int slot, final int sqeFlags, final long token)
    {
        reserve(1);
        ring.put(OP_SOCKET, sqeFlags, 0, family, type, 0, protocol, 0, token, 0, slot + 1);
    }

    /**
     * Sets a socket option (Linux 6.7).
     *
     * @param slot     direct descriptor.
     * @param level    {@code SOL_*} or {@code IPPROTO_*}.
     * @param option   its number.
     * @param value    memory of the value, borrowed until completion.
     * @param length   bytes of the value.
     * @param sqeFlags link flags.
     * @param token    user data.
     */
    public void setSocketOption(
        final int slot,
        final int level,
        final int option,
        final long value,
        final int length,
        final int sqeFlags,
        final long token)
    {
        reserve(1);
        ring.putSocketOption(SQE_FIXED_FILE | sqeFlags, slot, level, option, value, length, token);
    }

    /**
     * Connects.
     *
     * @param slot           direct descriptor.
     * @param sockAddr       address, copied at submission.
     * @param sockAddrLength its length.
     * @param sqeFlags       link flags.
     * @param token          user data.
     */
    public void connect(
        final int slot, final long sockAddr, final int sockAddrLength, final int sqeFlags, final long token)
    {
        reserve(1);
        ring.put(OP_CONNECT, SQE_FIXED_FILE | sqeFlags, 0, slot, sockAddrLength, sockAddr, 0, 0, token, 0, 0);
    }

    /**
     * Binds.
     *
     * @param slot           direct descriptor.
     * @param sockAddr       address, copied at submission.
     * @param sockAddrLength its length.
     * @param sqeFlags       link flags.
     * @param token          user data.
     */
    public void bind(
        final int slot, final long sockAddr, final int sockAddrLength, final int sqeFlags, final long token)
    {
        reserve(1);
        ring.put(OP_BIND, SQE_FIXED_FILE | sqeFlags, 0, slot, sockAddrLength, sockAddr, 0, 0, token, 0, 0);
    }

    /**
     * Receives into buffers of a group until cancelled, failed, out of buffers or at the end of the stream.
     *
     * @param slot     direct descriptor.
     * @param group    buffer group.
     * @param ioprio   further {@code RECVSEND_*}, for example POLL_FIRST or BUNDLE.
     * @param token    user data.
     */
    public void recvMultishot(final int slot, final int group, final int ioprio, final long token)
    {
        recvMultishot(slot, group, ioprio, 0, token);
    }

    /**
     * As {@link #recvMultishot(int, int, int, long)}, but over also when so many bytes have come: however fast the peer
     * is, no more are received before they are asked for.
     *
     * @param slot   direct descriptor.
     * @param group  buffer group.
     * @param ioprio further {@code RECVSEND_*}.
     * @param limit  bytes; 0 for no limit, and nothing else without {@link UringProbe#limitsReceives()}.
     * @param token  user data.
     */
    public void recvMultishot(
        final int slot, final int group, final int ioprio, final int limit, final long token)
    {
        reserve(1);
        ring.put(
            OP_RECV, SQE_FIXED_FILE | SQE_BUFFER_SELECT, RECV_MULTISHOT | ioprio, slot, 0, 0, 0, 0, token, group,
            limit);
    }

    /**
     * Receives once into a buffer of a group.
     *
     * @param slot   direct descriptor.
     * @param group  buffer group.
     * @param length most bytes, 0 for what the buffer holds.
     * @param ioprio {@code RECVSEND_*}.
     * @param token  user data.
     */
    public void recvSelect(final int slot, final int group, final int length, final int ioprio, final long token)
    {
        reserve(1);
        ring.put(OP_RECV, SQE_FIXED_FILE | SQE_BUFFER_SELECT, ioprio, slot, 0, 0, length, 0, token, group, 0);
    }

    /**
     * Receives what has come already into buffers of a group; the result is {@code -EAGAIN} when nothing has.
     *
     * @param slot   direct descriptor.
     * @param group  buffer group.
     * @param length most bytes, 0 for what the buffers hold; Linux 6.18 does not mind it with {@code RECVSEND_BUNDLE}.
     * @param ioprio {@code RECVSEND_*}.
     * @param token  user data.
     */
    public void recvNow(final int slot, final int group, final int length, final int ioprio, final long token)
    {
        reserve(1);
        ring.put(
            OP_RECV, SQE_FIXED_FILE | SQE_BUFFER_SELECT, ioprio, slot, 0, 0, length, MSG_DONTWAIT, token, group, 0);
    }

    /**
     * Receives once into given memory.
     *
     * @param slot    direct descriptor.
     * @param address memory, borrowed until completion.
     * @param length  most bytes.
     * @param msgFlags {@code MSG_*}.
     * @param token   user data.
     */
    public void recv(final int slot, final long address, final int length, final int msgFlags, final long token)
    {
        reserve(1);
        ring.put(OP_RECV, SQE_FIXED_FILE, 0, slot, 0, address, length, msgFlags, token, 0, 0);
    }

    /**
     * Sends one range.
     *
     * @param slot     direct descriptor.
     * @param address  of the bytes, borrowed until completion.
     * @param length   bytes.
     * @param msgFlags {@code MSG_*}; with MSG_WAITALL a short send is continued inside the kernel.
     * @param sqeFlags link flags.
     * @param token    user data.
     */
    public void send(
        final int slot,
        final long address,
        final int length,
        final int msgFlags,
        final int sqeFlags,
        final long token)
    {
        reserve(1);
        ring.put(OP_SEND, SQE_FIXED_FILE | sqeFlags, 0, slot, 0, address, length, msgFlags, token, 0, 0);
    }

    /**
     * Sends one range without a copy in the kernel; a second completion with {@code CQE_F_NOTIF} ends the borrowing.
     *
     * @param slot     direct descriptor.
     * @param address  of the bytes, borrowed until the notification.
     * @param length   bytes.
     * @param msgFlags {@code MSG_*}.
     * @param token    user data.
     */
    public void sendZeroCopy(
        final int slot, final long address, final int length, final int msgFlags, final long token)
    {
        reserve(1);
        ring.put(OP_SEND_ZC, SQE_FIXED_FILE, 0, slot, 0, address, length, msgFlags, token, 0, 0);
    }

    /**
     * Sends the ranges of a message header.
     *
     * @param slot     direct descriptor.
     * @param msgHdr   {@code struct msghdr}, copied with its vectors at submission; the ranges are borrowed until
     *                 completion.
     * @param msgFlags {@code MSG_*}.
     * @param sqeFlags link flags.
     * @param token    user data.
     */
    public void sendMsg(final int slot, final long msgHdr, final int msgFlags, final int sqeFlags, final long token)
    {
        reserve(1);
        ring.put(OP_SENDMSG, SQE_FIXED_FILE | sqeFlags, 0, slot, 0, msgHdr, 1, msgFlags, token, 0, 0);
    }

    /**
     * Ends one or both directions of a socket.
     *
     * @param slot  direct descriptor.
     * @param how   {@code SHUT_*}.
     * @param token user data.
     */
    public void shutdown(final int slot, final int how, final long token)
    {
        reserve(1);
        ring.put(OP_SHUTDOWN, SQE_FIXED_FILE, 0, slot, 0, 0, how, 0, token, 0, 0);
    }

    /**
     * Closes a direct descriptor.
     *
     * @param slot  direct descriptor.
     * @param token user data.
     */
    public void closeDirect(final int slot, final long token)
    {
        reserve(1);
        ring.put(OP_CLOSE, 0, 0, 0, 0, 0, 0, 0, token, 0, slot + 1);
    }

    /**
     * Cancels the operation with a given token, found by it at once.
     *
     * @param target   token of the operation to cancel.
     * @param sqeFlags with CQE_SKIP_SUCCESS it completes only when it found nothing, and then before what is put after.
     * @param token    user data of this one.
     */
    public void cancel(final long target, final int sqeFlags, final long token)
    {
        reserve(1);
        ring.put(OP_ASYNC_CANCEL, sqeFlags, 0, -1, 0, target, 0, 0, token, 0, 0);
    }

    /**
     * Cancels all operations on a direct descriptor. The kernel looks through all operations of the ring for them.
     *
     * @param slot  direct descriptor.
     * @param token user data; the result is the number of operations found.
     */
    public void cancelAll(final int slot, final long token)
    {
        reserve(1);
        ring.put(
            OP_ASYNC_CANCEL, 0, 0, slot, 0, 0, 0,
            ASYNC_CANCEL_ALL | ASYNC_CANCEL_FD | ASYNC_CANCEL_FD_FIXED, token, 0, 0);
    }

    /**
     * Bounds the entry just before, which must carry a link flag.
     *
     * @param timespec {@code struct __kernel_timespec}, copied at submission.
     * @param token    user data.
     */
    public void linkTimeout(final long timespec, final long token)
    {
        reserve(1);
        ring.put(OP_LINK_TIMEOUT, 0, 0, -1, 0, timespec, 1, 0, token, 0, 0);
    }

    /**
     * Reads from an fd, for an eventfd.
     *
     * @param fd      file.
     * @param address memory, borrowed until completion.
     * @param length  bytes.
     * @param token   user data.
     */
    public void readFd(final int fd, final long address, final int length, final long token)
    {
        reserve(1);
        ring.put(OP_READ, 0, 0, fd, -1L, address, length, 0, token, 0, 0);
    }

    /**
     * Waits until an fd is ready, once.
     *
     * @param fd     file.
     * @param events {@code POLL*} as in poll(2).
     * @param token  user data; the result is the events that came.
     */
    public void pollFd(final int fd, final int events, final long token)
    {
        reserve(1);
        ring.put(OP_POLL_ADD, 0, 0, fd, 0, 0, 0, events, token, 0, 0);
    }

    /**
     * Waits until a socket has something to receive, bytes, its end or a failure, once.
     *
     * @param slot  direct descriptor.
     * @param token user data; the result is the events that came, as in poll(2).
     */
    public void pollReadable(final int slot, final long token)
    {
        reserve(1);
        ring.put(OP_POLL_ADD, SQE_FIXED_FILE, 0, slot, 0, 0, 0, POLLIN, token, 0, 0);
    }

    /**
     * Waits until a socket has room to send, or has failed, once.
     *
     * @param slot  direct descriptor.
     * @param token user data; the result has {@code POLLOUT} or what {@link #pollHangUp} tells.
     */
    public void pollWritable(final int slot, final long token)
    {
        reserve(1);
        ring.put(OP_POLL_ADD, SQE_FIXED_FILE, 0, slot, 0, 0, 0, POLLOUT, token, 0, 0);
    }

    /**
     * Waits until a socket has failed or its peer has ended, once. The other operations of the socket are not
     * disturbed.
     *
     * @param slot  direct descriptor.
     * @param token user data; the result has {@code POLLERR} (failed), {@code POLLHUP} (both directions have ended) or
     *              {@code POLLRDHUP} (the peer's has), as in poll(2).
     */
    public void pollHangUp(final int slot, final long token)
    {
        reserve(1);
        ring.put(OP_POLL_ADD, SQE_FIXED_FILE, 0, slot, 0, 0, 0, 0, token, 0, 0);
    }

    /**
     * Posts a completion to another ring.
     *
     * @param ringFd   fd of the other ring.
     * @param result   result that its completion shows.
     * @param userData user data that its completion shows.
     * @param token    user data of this one.
     */
    public void msgRing(final int ringFd, final int result, final long userData, final long token)
    {
        reserve(1);
        ring.put(OP_MSG_RING, 0, 0, ringFd, userData, 0, result, 0, token, 0, 0);
    }

    /**
     * Gives a direct descriptor a number in the process; the number is the completion's result.
     *
     * @param slot  direct descriptor.
     * @param token user data.
     */
    public void installFd(final int slot, final long token)
    {
        reserve(1);
        ring.put(OP_FIXED_FD_INSTALL, SQE_FIXED_FILE, 0, slot, 0, 0, 0, 0, token, 0, 0);
    }
}
