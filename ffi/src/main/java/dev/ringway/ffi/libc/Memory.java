package dev.ringway.ffi.libc;

/**
 * Address space by mmap(2), munmap(2) and madvise(2), as raw addresses. Any thread; the calls share nothing. They go
 * through {@link Syscall}: each signature that Panama binds costs milliseconds of every start.
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

    private Memory()
    {
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
        final long address =
            ThreadCalls.current().callLong(SyscallNumber.MMAP, 0, length, protection, flags, fd, offset);
        return address < 0 ? -1 : address;
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
        return ThreadCalls.current().call(SyscallNumber.MUNMAP, address, length, 0, 0, 0) < 0 ? -1 : 0;
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
        return ThreadCalls.current().call(SyscallNumber.MADVISE, address, length, advice, 0, 0) < 0 ? -1 : 0;
    }
}
