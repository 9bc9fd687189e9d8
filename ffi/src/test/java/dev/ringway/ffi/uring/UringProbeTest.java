package dev.ringway.ffi.uring;

import dev.ringway.ffi.FdLeakCheck;
import dev.ringway.ffi.libc.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static dev.ringway.ffi.uring.UringConstants.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@ExtendWith(FdLeakCheck.class)
final class UringProbeTest
{
    @Test
    void shouldFindWhatTheDataPlaneUses()
    {
        final UringProbe probe = UringProbe.run();
        final int wanted = SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN | SETUP_COOP_TASKRUN | SETUP_SUBMIT_ALL;
        assertEquals(wanted, probe.setupFlags() & wanted);
        assertEquals(0, probe.setupFlags() & (SETUP_CQSIZE | SETUP_CLAMP));
        assertTrue((probe.features() & FEAT_EXT_ARG) != 0);
        final int[] used = {
            OP_NOP, OP_POLL_ADD, OP_SENDMSG, OP_ACCEPT, OP_ASYNC_CANCEL, OP_LINK_TIMEOUT, OP_CONNECT, OP_CLOSE,
            OP_READ, OP_SEND, OP_RECV, OP_SHUTDOWN, OP_MSG_RING, OP_SOCKET, OP_URING_CMD, OP_SEND_ZC};
        for (final int op : used)
        {
            assertTrue(probe.hasOp(op), "operation " + op);
        }
        assertFalse(probe.hasOp(255));
    }

    @Test
    void shouldReadTheReleaseOfTheKernel()
    {
        assertTrue(UringProbe.isAtLeast("6.17.0-1-amd64", 6, 17));
        assertTrue(UringProbe.isAtLeast("6.18.44\n", 6, 17));
        assertTrue(UringProbe.isAtLeast("7.0", 6, 17));
        assertFalse(UringProbe.isAtLeast("6.16.12", 6, 17));
        assertFalse(UringProbe.isAtLeast("5.19.0", 6, 17));
        assertFalse(UringProbe.isAtLeast("", 6, 17));
        assertFalse(UringProbe.isAtLeast("unknown", 6, 17));
    }

    private static void assertRefused(final String... parts)
    {
        final String message = assertThrows(UringException.class, UringProbe::run).getMessage();
        for (final String part : parts)
        {
            assertTrue(message.contains(part), message);
        }
        assertFalse(message.contains("\n"), message);
    }

    @Test
    void shouldSayThatTheKernelHasNoRings() throws Exception
    {
        SystemCallFilter.refusing(NR_IO_URING_SETUP, Errno.ENOSYS, () -> assertRefused("no io_uring", "Linux 6.12"));
    }

    @Test
    void shouldSayThatRingsAreForbidden() throws Exception
    {
        SystemCallFilter.refusing(
            NR_IO_URING_SETUP, Errno.EPERM, () -> assertRefused("forbidden", "kernel.io_uring_disabled", "seccomp"));
    }

    @Test
    void shouldSayThatSetUpFlagsAreMissing() throws Exception
    {
        SystemCallFilter.refusing(NR_IO_URING_SETUP, Errno.EINVAL, () -> assertRefused("flag", "Linux 6.12"));
    }

    @Test
    void shouldSayThatOperationsAreMissing() throws Exception
    {
        SystemCallFilter.refusing(
            NR_IO_URING_REGISTER, REGISTER_PROBE, Errno.EINVAL, () -> assertRefused("operation", "Linux 5.19", "6.12"));
    }

    @Test
    void shouldSayThatIncrementalBuffersAreMissing() throws Exception
    {
        SystemCallFilter.refusing(
            NR_IO_URING_REGISTER, REGISTER_PBUF_RING, Errno.EINVAL,
            () -> assertRefused("incremental", "Linux 6.12"));
    }

    @Test
    void shouldSayThatMemoryIsMissing() throws Exception
    {
        SystemCallFilter.refusing(NR_IO_URING_SETUP, Errno.ENOMEM, () -> assertRefused("RLIMIT_MEMLOCK"));
    }

    @Test
    void shouldNameAnyOtherError() throws Exception
    {
        SystemCallFilter.refusing(NR_IO_URING_SETUP, Errno.EMFILE, () -> assertRefused("EMFILE"));
    }
}
