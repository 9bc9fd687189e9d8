package dev.ringway.engine.conn;

import dev.ringway.engine.io.Op;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.loop.SlotAddresses;
import dev.ringway.engine.loop.VectorArena;
import dev.ringway.engine.memory.BufferSlab;
import dev.ringway.engine.memory.ReceiveBuffers;
import dev.ringway.ffi.libc.Memory;
import dev.ringway.ffi.sock.SockAddr;
import dev.ringway.ffi.uring.Submissions;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static dev.ringway.ffi.uring.UringConstants.SQE_CQE_SKIP_SUCCESS;
import static dev.ringway.ffi.uring.UringConstants.SQE_IO_HARDLINK;
import static dev.ringway.ffi.uring.UringConstants.SQE_IO_LINK;

/**
 * What the connections of a loop ask of the kernel. Each method submits for one slot, whose tokens all have the given
 * base, and returns how many completions will follow. Loop thread only.
 */
final class SocketOps
{
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_WAITALL = 0x100;
    private static final int SEND_FLAGS = MSG_NOSIGNAL | MSG_WAITALL;
    /** One segment's worth, headers allowed for: more would wait in the kernel for its pacing timer. */
    private static final int SEND_LIMIT = 60 * 1024;
    private static final int SHUT_WR = 1;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_NODELAY = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SO_LINGER = 13;
    private static final int SOCK_STREAM = 1;

    private static final int ONE_OFFSET = 0;
    private static final int ONE_LENGTH = 4;
    private static final int LINGER_OFFSET = 8;
    private static final int LINGER_LENGTH = 8;
    private static final int VALUES_LENGTH = 4096;

    /** A socket, an option of it, its source and its target. */
    private static final int STEPS = 4;

    private final EventLoop loop;
    private final Submissions submissions;
    private final SlotAddresses addresses;
    /** Values of options, borrowed by the kernel while an operation is under way; kept until the process ends. */
    private final long values = Memory.allocate(VALUES_LENGTH);

    SocketOps(final EventLoop loop)
    {
        this.loop = loop;
        submissions = loop.submissions();
        addresses = loop.slotAddresses();
        final UnsafeBuffer buffer = new UnsafeBuffer(values, VALUES_LENGTH);
        buffer.putInt(ONE_OFFSET, 1);
        // struct linger: on, for zero seconds; a close then resets the connection.
        buffer.putInt(LINGER_OFFSET, 1);
        buffer.putInt(LINGER_OFFSET + Integer.BYTES, 0);
    }

    private final Map<ByteBuffer, Long> kept = new HashMap<>();

    /**
     * Keeps bytes where the kernel may read them until the process ends, each once: their number is that of different
     * values in all configurations.
     */
    long keep(final byte[] value)
    {
        return kept.computeIfAbsent(ByteBuffer.wrap(value.clone()), bytes ->
        {
            final long address = Memory.allocate(VALUES_LENGTH);
            new UnsafeBuffer(address, VALUES_LENGTH).putBytes(0, bytes.array());
            return address;
        });
    }

    private static long token(final long base, final int op)
    {
        return base | (op << 8);
    }

    /** Accepts into the slot; the peer's address is written into the slot's, a longer one as far as there is room. */
    int accept(final int slot, final long base, final int listenFd)
    {
        final int peer = addresses.peer(slot);
        final int lengthAt = addresses.peerLength(slot);
        addresses.buffer().putShort(peer, (short)0);
        addresses.buffer().putInt(lengthAt, SockAddr.INET6_LENGTH);
        submissions.acceptDirect(
            listenFd, addresses.address(peer), addresses.address(lengthAt), slot, token(base, Op.ACCEPT));
        return 1;
    }

    /** Copies the address that {@link #connect} is for to the offset. */
    void keepPeer(final int slot, final byte[] sockAddr, final int sockAddrLength, final int peer)
    {
        addresses.buffer().putBytes(peer, sockAddr, 0, sockAddrLength);
        addresses.buffer().putInt(addresses.peerLength(slot), sockAddrLength);
    }

    /** Opens a socket and connects it to the address of {@link #keepPeer} at the offset; the plan may be null. */
    int connect(final int slot, final long base, final SocketPlan plan, final int peer)
    {
        final int sockAddrLength = addresses.buffer().getInt(addresses.peerLength(slot));
        final int family = SockAddr.family(addresses.buffer(), peer);
        final boolean isUnix = family == SockAddr.AF_UNIX;
        submissions.reserve(STEPS + (plan == null ? 0 : plan.options().size() + plan.boundOptions().size()));
        submissions.socketDirect(family, SOCK_STREAM, 0, slot, SQE_IO_LINK, token(base, Op.SOCKET));
        if (!isUnix)
        {
            submissions.setSocketOption(
                slot, IPPROTO_TCP, TCP_NODELAY, values + ONE_OFFSET, ONE_LENGTH, SQE_IO_LINK, token(base, Op.OPTION));
        }
        final int planned = plan == null ? 0 : prepare(slot, base, plan);
        submissions.connect(slot, addresses.address(peer), sockAddrLength, 0, token(base, Op.CONNECT));
        return (isUnix ? 2 : 3) + planned;
    }

    /** Room for all of it is reserved: a chain must not be cut in two. */
    private int prepare(final int slot, final long base, final SocketPlan plan)
    {
        int steps = setAll(slot, base, plan.options());
        if (plan.sourceLength() > 0)
        {
            submissions.bind(slot, plan.sourceAddress(), plan.sourceLength(), SQE_IO_LINK, token(base, Op.OPTION));
            steps++;
        }
        return steps + setAll(slot, base, plan.boundOptions());
    }

    private int setAll(final int slot, final long base, final List<SocketPlan.Option> options)
    {
        for (int i = 0, count = options.size(); i < count; i++)
        {
            final SocketPlan.Option option = options.get(i);
            submissions.setSocketOption(slot, option.level(), option.name(), option.value(), option.length(),
                SQE_IO_LINK, token(base, Op.OPTION));
        }
        return options.size();
    }

    /** Makes a plain descriptor of the slot, beside its direct one, for the given operation. */
    int install(final int slot, final long base, final int op)
    {
        submissions.installFd(slot, token(base, op));
        return 1;
    }

    /** Receives until it ends, is cancelled or so many bytes have come. */
    int receive(final int slot, final long base, final int flags, final int limit)
    {
        submissions.recvMultishot(
            slot, ReceiveBuffers.GROUP, loop.receiveFlags() | flags, limit, token(base, Op.RECV));
        return 1;
    }

    /** Tells once that there is something to receive. */
    int awaitReadable(final int slot, final long base)
    {
        submissions.pollReadable(slot, token(base, Op.READABLE));
        return 1;
    }

    /** Tells once that there is room to send. */
    int awaitWritable(final int slot, final long base)
    {
        submissions.pollWritable(slot, token(base, Op.WRITABLE));
        return 1;
    }

    /** Receives what there is, once. */
    int receiveNow(final int slot, final long base)
    {
        submissions.recvNow(slot, ReceiveBuffers.GROUP, 0, loop.receiveFlags(), token(base, Op.RECV));
        return 1;
    }

    /** Receives what there is, once, into one buffer and at most so many bytes. */
    int receiveLittle(final int slot, final long base, final int limit)
    {
        submissions.recvNow(slot, ReceiveBuffers.GROUP, limit, 0, token(base, Op.RECV));
        return 1;
    }

    /** Has a reset heard of that a receive does not show. */
    int awaitHangUp(final int slot, final long base)
    {
        submissions.pollHangUp(slot, token(base, Op.HANG_UP));
        return 1;
    }

    /** Sends from the front of the queue. */
    int send(final int slot, final long base, final SendQueue queue)
    {
        final int ranges = queue.launch(VectorArena.MAX_VECTORS, SEND_LIMIT);
        final BufferSlab slab = loop.memory().slab();
        if (ranges == 1)
        {
            submissions.send(
                slot, slab.address(queue.offset(0)), queue.launched(0), SEND_FLAGS, 0, token(base, Op.SEND));
            return 1;
        }
        final VectorArena vectors = loop.vectors();
        vectors.begin();
        for (int i = 0; i < ranges; i++)
        {
            vectors.add(slab.address(queue.offset(i)), queue.launched(i));
        }
        submissions.sendMsg(slot, vectors.end(), SEND_FLAGS, 0, token(base, Op.SEND));
        return 1;
    }

    /** Ends the sending direction. */
    int shutdown(final int slot, final long base)
    {
        submissions.shutdown(slot, SHUT_WR, token(base, Op.SHUTDOWN));
        return 1;
    }

    /** Cancels one operation; only a cancellation that finds nothing is heard of, and it is not waited for. */
    void cancel(final long base, final int op)
    {
        submissions.cancel(token(base, op), SQE_CQE_SKIP_SUCCESS, token(base, Op.CANCEL));
    }

    /** Cancels whatever is under way on the slot's descriptor. */
    void cancelAll(final int slot, final long base)
    {
        submissions.cancelAll(slot, token(base, Op.CANCEL));
    }

    /** Closes, with a reset (RST) when asked for. */
    int close(final int slot, final long base, final boolean isReset)
    {
        if (isReset)
        {
            submissions.reserve(2);
            submissions.setSocketOption(slot, SOL_SOCKET, SO_LINGER, values + LINGER_OFFSET, LINGER_LENGTH,
                SQE_IO_HARDLINK, token(base, Op.OPTION));
        }
        submissions.closeDirect(slot, token(base, Op.CLOSE));
        return isReset ? 2 : 1;
    }
}
