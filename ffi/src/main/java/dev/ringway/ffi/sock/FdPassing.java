package dev.ringway.ffi.sock;

import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.libc.SyscallNumber;
import dev.ringway.ffi.libc.ThreadCalls;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.lang.foreign.Arena;

/**
 * Passes descriptors with a payload over a connected unix stream socket (SCM_RIGHTS, unix(7)). Control path: calls
 * block until done or until their time is over. One instance belongs to one thread and holds off-heap memory until
 * {@link #close()}.
 * <p>
 * Descriptors travel with the first byte of their message's payload; the kernel never gives the bytes of two messages
 * with descriptors to one receive, so each {@link #receive} yields at most one message's descriptors.
 */
public final class FdPassing implements AutoCloseable
{
    /** Most descriptors in one message (SCM_MAX_FD). */
    public static final int MAX_FD_COUNT = 253;

    /** {@link #receive}: the peer closed its side. */
    public static final int END = 0;

    private static final int POLLIN = 1;
    private static final int POLLOUT = 4;

    private static final int TIMESPEC_OFFSET = 0;
    private static final int POLLFD_OFFSET = 16;
    private static final int IOV_OFFSET = 32;
    private static final int HDR_OFFSET = 64;
    private static final int CONTROL_OFFSET = 128;
    private static final int CONTROL_CAPACITY = CMsg.space(MAX_FD_COUNT * Integer.BYTES);

    private final Arena arena = Arena.ofShared();
    private final UnsafeBuffer memory;
    private final long address;
    private final int[] received = new int[MAX_FD_COUNT];
    private int receivedCount;

    /**
     * Takes the memory for messages.
     */
    public FdPassing()
    {
        final int length = CONTROL_OFFSET + CONTROL_CAPACITY;
        address = arena.allocate(length, 16).address();
        memory = new UnsafeBuffer(address, length);
    }

    /**
     * Sends a payload of at least one byte with descriptors, which stay open here.
     *
     * @param socket    connected unix stream socket.
     * @param fds       descriptors.
     * @param fdCount   how many of them, 0 to {@link #MAX_FD_COUNT}.
     * @param src       payload, off-heap.
     * @param offset    where it starts.
     * @param length    its bytes, at least 1.
     * @param timeoutMs most milliseconds for all of it; 0 does not wait.
     * @return length, or -errno; -ETIMEDOUT when time is over, then the peer may hold a part of the message and the
     *         socket is of no further use.
     */
    public int send(
        final int socket,
        final int[] fds,
        final int fdCount,
        final DirectBuffer src,
        final int offset,
        final int length,
        final long timeoutMs)
    {
        if (length < 1 || fdCount < 0 || fdCount > MAX_FD_COUNT)
        {
            return -Errno.EINVAL;
        }
        src.boundsCheck(offset, length);
        startTime(timeoutMs);
        int done = 0;
        while (done < length)
        {
            IoVec.put(memory, IOV_OFFSET, Sockets.address(src, offset + done), length - done);
            MsgHdr.put(memory, HDR_OFFSET, address + IOV_OFFSET, 1);
            if (done == 0 && fdCount > 0)
            {
                putRights(fds, fdCount);
            }
            final int result = exchange(SyscallNumber.SENDMSG, socket, Sockets.MSG_NOSIGNAL, POLLOUT);
            if (result < 0)
            {
                return result;
            }
            done += result;
        }
        return length;
    }

    /**
     * Receives what is there: up to length bytes, and the descriptors that came with them, close-on-exec. They belong
     * to the caller, who finds them by {@link #receivedCount()} and {@link #received(int)} until the next call.
     *
     * @param socket    connected unix stream socket.
     * @param dst       receives the payload, off-heap.
     * @param offset    where.
     * @param length    most bytes, at least 1.
     * @param timeoutMs most milliseconds to wait; 0 does not wait.
     * @return bytes received, {@link #END}, or -errno; -ETIMEDOUT when time is over; -EMFILE when descriptors were
     *         lost because this process may open no more: those that came are closed.
     */
    public int receive(
        final int socket, final MutableDirectBuffer dst, final int offset, final int length, final long timeoutMs)
    {
        receivedCount = 0;
        if (length < 1)
        {
            return -Errno.EINVAL;
        }
        dst.boundsCheck(offset, length);
        startTime(timeoutMs);
        return receiveOnce(socket, dst, offset, length);
    }

    /**
     * Receives exactly length bytes and all descriptors that come with them, at most {@link #MAX_FD_COUNT}.
     *
     * @param socket    connected unix stream socket.
     * @param dst       receives the payload, off-heap.
     * @param offset    where.
     * @param length    bytes, at least 1.
     * @param timeoutMs most milliseconds for all of it.
     * @return length, {@link #END} when the peer closed before the first byte, -ECONNRESET when it closed in between,
     *         or -errno as {@link #receive}. On failure no descriptor stays open.
     */
    public int receiveFully(
        final int socket, final MutableDirectBuffer dst, final int offset, final int length, final long timeoutMs)
    {
        receivedCount = 0;
        if (length < 1)
        {
            return -Errno.EINVAL;
        }
        dst.boundsCheck(offset, length);
        startTime(timeoutMs);
        int done = 0;
        while (done < length)
        {
            final int result = receiveOnce(socket, dst, offset + done, length - done);
            if (result <= 0)
            {
                closeReceived();
                return result == END && done > 0 ? -Errno.ECONNRESET : result;
            }
            done += result;
        }
        return length;
    }

    /**
     * @return descriptors that came with the last receive.
     */
    public int receivedCount()
    {
        return receivedCount;
    }

    /**
     * @param index 0 to {@link #receivedCount()} - 1, in the order they were sent.
     * @return the descriptor.
     */
    public int received(final int index)
    {
        if (index < 0 || index >= receivedCount)
        {
            throw new IndexOutOfBoundsException("index " + index + ", received " + receivedCount);
        }
        return received[index];
    }

    /**
     * Closes the descriptors of the last receive, for a caller that will not use them.
     */
    public void closeReceived()
    {
        for (int i = 0; i < receivedCount; i++)
        {
            Sockets.close(received[i]);
        }
        receivedCount = 0;
    }

    /**
     * Gives the memory back; sockets and received descriptors are not touched.
     */
    public void close()
    {
        arena.close();
    }

    private int receiveOnce(final int socket, final DirectBuffer dst, final int offset, final int length)
    {
        IoVec.put(memory, IOV_OFFSET, Sockets.address(dst, offset), length);
        MsgHdr.put(memory, HDR_OFFSET, address + IOV_OFFSET, 1);
        MsgHdr.control(memory, HDR_OFFSET, address + CONTROL_OFFSET, CONTROL_CAPACITY);
        final int result = exchange(SyscallNumber.RECVMSG, socket, Sockets.MSG_CMSG_CLOEXEC, POLLIN);
        if (result < 0)
        {
            return result;
        }
        final boolean tooMany = takeRights(MsgHdr.controlLength(memory, HDR_OFFSET));
        if (tooMany || (MsgHdr.flags(memory, HDR_OFFSET) & Sockets.MSG_CTRUNC) != 0)
        {
            closeReceived();
            return tooMany ? -Errno.EOVERFLOW : -Errno.EMFILE;
        }
        return result;
    }

    private void putRights(final int[] fds, final int fdCount)
    {
        final int length = fdCount * Integer.BYTES;
        CMsg.put(memory, CONTROL_OFFSET, SocketOptions.SOL_SOCKET, CMsg.SCM_RIGHTS, length);
        for (int i = 0; i < fdCount; i++)
        {
            memory.putInt(CONTROL_OFFSET + CMsg.HEADER_LENGTH + i * Integer.BYTES, fds[i]);
        }
        MsgHdr.control(memory, HDR_OFFSET, address + CONTROL_OFFSET, CMsg.space(length));
    }

    private boolean takeRights(final int controlLength)
    {
        boolean tooMany = false;
        final int limit = CONTROL_OFFSET + controlLength;
        int at = controlLength >= CMsg.HEADER_LENGTH ? CONTROL_OFFSET : -1;
        while (at != -1)
        {
            if (CMsg.level(memory, at) == SocketOptions.SOL_SOCKET && CMsg.type(memory, at) == CMsg.SCM_RIGHTS)
            {
                tooMany |= takeFds(at + CMsg.HEADER_LENGTH, CMsg.dataLength(memory, at) / Integer.BYTES);
            }
            at = CMsg.next(memory, at, limit);
        }
        return tooMany;
    }

    /** Whether there were more than fit; those are closed. */
    private boolean takeFds(final int offset, final int count)
    {
        boolean tooMany = false;
        for (int i = 0; i < count; i++)
        {
            final int fd = memory.getInt(offset + i * Integer.BYTES);
            if (receivedCount < MAX_FD_COUNT)
            {
                received[receivedCount++] = fd;
            }
            else
            {
                tooMany = true;
                Sockets.close(fd);
            }
        }
        return tooMany;
    }

    /** Raw ppoll(2) writes the time that is left back into the timespec, so the limit covers all waits together. */
    private void startTime(final long timeoutMs)
    {
        memory.putLong(TIMESPEC_OFFSET, timeoutMs / 1000);
        memory.putLong(TIMESPEC_OFFSET + 8, timeoutMs % 1000 * 1_000_000);
    }

    private int exchange(final SyscallNumber number, final int socket, final int flags, final int event)
    {
        final ThreadCalls calls = ThreadCalls.current();
        while (true)
        {
            final int result = calls.call(number, socket, address + HDR_OFFSET, flags | Sockets.MSG_DONTWAIT, 0, 0);
            if (result != -Errno.EAGAIN && result != -Errno.EINTR)
            {
                return result;
            }
            memory.putInt(POLLFD_OFFSET, socket);
            memory.putInt(POLLFD_OFFSET + 4, event);
            final int ready =
                calls.call(SyscallNumber.PPOLL, address + POLLFD_OFFSET, 1, address + TIMESPEC_OFFSET, 0, 0);
            if (ready == 0)
            {
                return -Errno.ETIMEDOUT;
            }
            if (ready < 0 && ready != -Errno.EINTR)
            {
                return ready;
            }
        }
    }
}
