package dev.ringway.ffi.uring;

import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.libc.Memory;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static dev.ringway.ffi.uring.UringConstants.*;

/**
 * What this kernel's io_uring can do, asked once at start.
 */
public final class UringProbe
{
    private static final int MAX_OPS = 256;
    private static final int HEADER_LENGTH = 16;
    private static final int OP_LENGTH = 8;
    private static final int OP_SUPPORTED = 1;
    private static final Pattern RELEASE = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");
    private static final long PATIENCE_NS = 1_000_000_000L;
    private static final int[] FLAG_LADDER = {
        SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN | SETUP_COOP_TASKRUN | SETUP_SUBMIT_ALL | SETUP_NO_SQARRAY,
        SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN | SETUP_COOP_TASKRUN | SETUP_SUBMIT_ALL};

    private final int setupFlags;
    private final int features;
    private final boolean[] supported = new boolean[MAX_OPS];
    private final int receiveFlags;
    private final boolean limitsReceives;

    private UringProbe(final IoUring ring)
    {
        setupFlags = ring.setupFlags() & ~(SETUP_CQSIZE | SETUP_CLAMP);
        features = ring.features();
        final int length = HEADER_LENGTH + MAX_OPS * OP_LENGTH;
        final long address = Memory.allocate(length);
        final UnsafeBuffer probe = new UnsafeBuffer(address, length);
        if (ring.register(REGISTER_PROBE, address, MAX_OPS) >= 0)
        {
            final int count = probe.getByte(1) & 0xFF;
            for (int i = 0; i < count; i++)
            {
                final int at = HEADER_LENGTH + i * OP_LENGTH;
                supported[probe.getByte(at) & 0xFF] = (probe.getShort(at + 2) & OP_SUPPORTED) != 0;
            }
        }
        Memory.unmap(address, length);
        receiveFlags = (features & FEAT_RECVSEND_BUNDLE) != 0 && isAtLeast(release(), 6, 17) ? RECVSEND_BUNDLE : 0;
        limitsReceives = limitsReceives(ring);
    }

    /** A receive of no socket is refused for its limit before it is refused for its socket. */
    private static boolean limitsReceives(final IoUring ring)
    {
        final int[] found = new int[1];
        new Submissions(ring).recvMultishot(0, 0, 0, 1, 0);
        ring.enter(1, PATIENCE_NS);
        ring.drain((token, result, flags) -> found[0] = result, 1);
        return found[0] == -Errno.EBADF;
    }

    /**
     * Opens and closes a small ring, and checks that all the data plane needs is there.
     *
     * @return what was found.
     * @throws UringException with one sentence when io_uring is missing, forbidden or too old.
     */
    public static UringProbe run()
    {
        UringException last = null;
        for (final int flags : FLAG_LADDER)
        {
            try (IoUring ring = new IoUring(8, 16, flags))
            {
                final UringProbe probe = new UringProbe(ring);
                probe.require(FEAT_SINGLE_MMAP | FEAT_NODROP | FEAT_SUBMIT_STABLE | FEAT_EXT_ARG | FEAT_FAST_POLL);
                probe.requireOp(OP_SOCKET, "socket", "5.19");
                probe.requireOp(OP_URING_CMD, "uring_cmd", "5.19");
                new ProvidedBufferRing(ring, 0, 2, true).close();
                return probe;
            }
            catch (final UringException e)
            {
                last = e;
            }
        }
        throw last;
    }

    private void require(final int wanted)
    {
        if ((features & wanted) != wanted)
        {
            throw new UringException("this kernel's io_uring is too old: Ringway needs Linux 6.12 or later");
        }
    }

    private void requireOp(final int opcode, final String name, final String since)
    {
        if (!supported[opcode])
        {
            throw new UringException("this kernel's io_uring has no operation " + name + ": it is there since Linux " +
                since + ", Ringway needs 6.12 or later");
        }
    }

    /**
     * @return best {@code SETUP_*} flags that this kernel takes.
     */
    public int setupFlags()
    {
        return setupFlags;
    }

    /**
     * Bundles, one receive over several buffers, are counted right with incremental buffers since Linux 6.17
     * (io_uring/kbuf.c); before, one receive fills one buffer at most. Told by the release: a trial shows the faults of
     * a plain bundle, but not those of one that is tried again when more arrives meanwhile.
     *
     * @return {@code RECVSEND_*} that receives into a group should have.
     */
    public int receiveFlags()
    {
        return receiveFlags;
    }

    private static String release()
    {
        try
        {
            return Files.readString(Path.of("/proc/sys/kernel/osrelease"));
        }
        catch (final IOException e)
        {
            return "";
        }
    }

    static boolean isAtLeast(final String release, final int major, final int minor)
    {
        final Matcher matcher = RELEASE.matcher(release);
        if (!matcher.lookingAt())
        {
            return false;
        }
        final int foundMajor = Integer.parseInt(matcher.group(1));
        return foundMajor > major || foundMajor == major && Integer.parseInt(matcher.group(2)) >= minor;
    }

    /**
     * @return {@code FEAT_*} of this kernel.
     */
    public int features()
    {
        return features;
    }

    /**
     * @param opcode {@code OP_*}.
     * @return whether this kernel has the operation.
     */
    public boolean hasOp(final int opcode)
    {
        return supported[opcode];
    }

    /**
     * @return whether a multishot receive takes a limit of bytes (newer than what Ringway needs).
     */
    public boolean limitsReceives()
    {
        return limitsReceives;
    }
}
