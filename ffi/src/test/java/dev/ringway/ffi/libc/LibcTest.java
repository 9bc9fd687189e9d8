package dev.ringway.ffi.libc;

import dev.ringway.ffi.FdLeakCheck;
import dev.ringway.ffi.sock.Sockets;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@ExtendWith(FdLeakCheck.class)
final class LibcTest
{
    @Test
    void shouldRaiseTheLimitOfOpenFilesToTheHardOne()
    {
        final long before = Limits.openFiles();
        final long max = Limits.openFilesMax();
        assertTrue(before > 64 && before <= max, before + " of " + max);
        assertEquals(0, Limits.openFiles(before - 1));
        assertEquals(before - 1, Limits.openFiles());

        assertEquals(max, Limits.raiseOpenFiles());

        assertEquals(max, Limits.openFiles());
        assertEquals(max, Limits.openFilesMax());
        assertEquals(-Errno.EINVAL, Limits.openFiles(max + 1));
        assertTrue(Limits.lockedMemory() > 0);
        assertEquals(0, Limits.openFiles(before));
    }

    @Test
    void shouldShareAMemoryFileThroughItsDescriptor()
    {
        final int fd = Memfd.create("ringway-test", 8192);
        assertTrue(fd >= 0, () -> Errno.name(-fd));
        final int protection = Memory.PROT_READ | Memory.PROT_WRITE;
        final long one = Memory.map(8192, protection, Memory.MAP_SHARED, fd, 0);
        final long two = Memory.map(4096, protection, Memory.MAP_SHARED, fd, 4096);
        assertNotEquals(-1, one);
        assertNotEquals(-1, two);

        new UnsafeBuffer(one, 8192).putLong(4096 + 8, 0x1234_5678_9ABC_DEF0L);

        assertEquals(0x1234_5678_9ABC_DEF0L, new UnsafeBuffer(two, 4096).getLong(8));
        assertTrue(FdLeakCheck.open().get(Integer.toString(fd)).startsWith("/memfd:ringway-test"));
        assertEquals(0, Memory.unmap(one, 8192));
        assertEquals(0, Memory.unmap(two, 4096));
        assertEquals(0, Sockets.close(fd));
        assertEquals(-Errno.EINVAL, Memfd.create("x".repeat(250), 1));
        assertTrue(Memfd.create("negative", -1) < 0);
    }

    @Test
    void shouldAllocateMemoryAlignedToHugePages()
    {
        assertEquals(HugePages.PAGE_LENGTH, HugePages.round(1));
        assertEquals(HugePages.PAGE_LENGTH, HugePages.round(HugePages.PAGE_LENGTH));
        final long length = HugePages.round(5 << 20);
        for (int round = 0; round < 2; round++)
        {
            final long address = round == 0 ? HugePages.allocate(length) : HugePages.allocateTransparent(length);
            assertNotEquals(-1, address);
            assertEquals(0, address & HugePages.PAGE_LENGTH - 1);
            final UnsafeBuffer memory = new UnsafeBuffer(address, (int)length);
            memory.putLong(0, 1);
            memory.putLong((int)length - 8, 2);
            assertEquals(0, memory.getLong(8));
            assertEquals(0, Memory.unmap(address, length));
        }
    }

    @Test
    void shouldChangeAndRemoveFiles(@TempDir final Path dir) throws Exception
    {
        final Path file = Files.createFile(dir.resolve("s"));

        assertEquals(0, UnixFiles.chmod(file.toString(), 0642));
        assertEquals("rw-r---w-", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(0, UnixFiles.unlink(file.toString()));

        assertFalse(Files.exists(file));
        assertEquals(-Errno.ENOENT, UnixFiles.unlink(file.toString()));
        assertEquals(-Errno.ENOENT, UnixFiles.chmod(file.toString(), 0600));
        assertEquals(-Errno.EINVAL, UnixFiles.unlink("x".repeat(1024)));
        assertEquals(-Errno.EINVAL, UnixFiles.unlink("a\0b"));
    }

    @ParameterizedTest
    @EnumSource(Signals.class)
    void shouldRunTheTaskOfASignalOnTheGivenThread(final Signals signal) throws Exception
    {
        final LinkedBlockingQueue<String> ran = new LinkedBlockingQueue<>();
        try (ExecutorService control = Executors.newSingleThreadExecutor((r) -> new Thread(r, "control")))
        {
            signal.handle(control, () -> ran.add("replaced"));
            signal.handle(control, () -> ran.add(Thread.currentThread().getName()));
            for (int i = 0; i < 3; i++)
            {
                final Process kill = new ProcessBuilder(
                    "kill", "-" + signal.number(), Long.toString(ProcessHandle.current().pid())).start();
                assertEquals(0, kill.waitFor());
                assertEquals("control", ran.poll(20, TimeUnit.SECONDS));
            }
        }
        finally
        {
            signal.handleByDefault();
        }
        assertTrue(ran.isEmpty());
    }

    /** Of the one that the JVM puts back: it leaves the others ignored for good. */
    @Test
    void shouldKnowThatASignalIsIgnored() throws Exception
    {
        final Class<?> signalType = Class.forName("sun.misc.Signal");
        final Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
        signalType.getMethod("handle", signalType, handlerType).invoke(null,
            signalType.getConstructor(String.class).newInstance("USR1"), handlerType.getField("SIG_IGN").get(null));
        assertTrue(Signals.USR1.isIgnored());
        Signals.USR1.handleByDefault();
        assertFalse(Signals.USR1.isIgnored());
    }

    @Test
    void shouldNameErrorsItListsAndNumberOthers()
    {
        assertEquals("ECANCELED", Errno.name(Errno.ECANCELED));
        assertEquals("errno 4095", Errno.name(4095));
    }

    @Test
    void shouldReturnNegativeErrnoFromRawCalls()
    {
        final Syscall syscall = new Syscall();
        final int close = SyscallNumber.CLOSE.value();
        assertEquals(-Errno.EBADF, syscall.call(close, -1, 0, 0, 0, 0, 0));
        assertEquals(-Errno.EBADF, syscall.callCritical(close, -1, 0, 0, 0, 0, 0));
        assertEquals(-Errno.ENOSYS, syscall.call(4000, 0, 0, 0, 0, 0, 0));
    }
}
