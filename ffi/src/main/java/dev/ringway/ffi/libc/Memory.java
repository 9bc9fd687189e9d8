package dev.ringway.ffi.libc;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/**
 * Address space by mmap(2), munmap(2) and madvise(2), as raw addresses. Any thread; the calls share nothing.
 */
public final class Memory
{
    /** Pages may be read. */
    public static final int PROT_READ = 1;
    /** Pages may be written. */
    public static final int PROT_WRITE = 2;
    /** Changes are seen by others that map the same. */
    public static final int MAP_SHARED = 1;
    /** Changes are private. */
    public static final int MAP_PRIVATE = 2;
    /** No file behind it. */
    public static final int MAP_ANONYMOUS = 0x20;
    /** No swap space is set aside. */
    public static final int MAP_NORESERVE = 0x4000;
    /** Pages are touched at once. */
    public static final int MAP_POPULATE = 0x8000;
    /** Pages are huge pages from the reserved pool. */
    public static final int MAP_HUGETLB = 0x40000;
    /** Gives pages back; they read as zero afterwards. */
    public static final int MADV_DONTNEED = 4;
    /** Asks for transparent huge pages. */
    public static final int MADV_HUGEPAGE = 14;

    private static final MethodHandle MMAP = handle(
        "mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP = handle("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle MADVISE =
        handle("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

    private Memory()
    {
    }

    private static MethodHandle handle(final String name, final FunctionDescriptor descriptor)
    {
        final Linker linker = Linker.nativeLinker();
        final MemorySegment symbol = linker.defaultLookup().findOrThrow(name);
        return linker.downcallHandle(symbol, descriptor);
    }

    /**
     * Maps memory or a file. Whoever calls owns the mapping until {@link #unmap}.
     *
     * @param length     bytes, a multiple of the page size.
     * @param protection {@code PROT_*}.
     * @param flags      {@code MAP_*}.
     * @param fd         file, or -1 with {@link #MAP_ANONYMOUS}.
     * @param offset     in the file.
     * @return address, or -1 when the kernel refuses.
     */
    public static long map(
        final long length, final int protection, final int flags, final int fd, final long offset)
    {
        try
        {
            return (long)MMAP.invokeExact(0L, length, protection, flags, fd, offset);
        }
        catch (final Throwable t)
        {
            throw new AssertionError(t);
        }
    }

    /**
     * Maps anonymous private memory that is touched only as it is used.
     *
     * @param length bytes.
     * @return address.
     * @throws IllegalStateException when the kernel refuses: an address of -1 would crash the process at first use.
     */
    public static long allocate(final long length)
    {
        final long address = map(length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (address == -1)
        {
            throw new IllegalStateException("no address space for " + length +
                " bytes: raise the limits of address space (ulimit -v) and of mappings (vm.max_map_count)");
        }
        return address;
    }

    /**
     * Ends a mapping. Nothing may use its addresses afterwards, the kernel included.
     *
     * @param address from {@link #map}.
     * @param length  as given there.
     * @return 0, or -1.
     */
    public static int unmap(final long address, final long length)
    {
        try
        {
            return (int)MUNMAP.invokeExact(address, length);
        }
        catch (final Throwable t)
        {
            throw new AssertionError(t);
        }
    }

    /**
     * Says how memory will be used.
     *
     * @param address page-aligned.
     * @param length  bytes.
     * @param advice  {@code MADV_*}.
     * @return 0, or -1.
     */
    public static int advise(final long address, final long length, final int advice)
    {
        try
        {
            return (int)MADVISE.invokeExact(address, length, advice);
        }
        catch (final Throwable t)
        {
            throw new AssertionError(t);
        }
    }
}
