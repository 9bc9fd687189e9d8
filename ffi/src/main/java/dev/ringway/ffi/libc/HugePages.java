package dev.ringway.ffi.libc;

/**
 * Memory on 2 MiB pages where the machine has them: fewer page faults and TLB misses for a slab that is used all the
 * time. Any thread; for start-up. Freed with {@link Memory#unmap} and the rounded length.
 */
public final class HugePages
{
    /** Bytes of a huge page. */
    public static final long PAGE_LENGTH = 2L << 20;

    static final int MAP_HUGE_2MB = 21 << 26;

    private HugePages()
    {
    }

    /**
     * @param length bytes.
     * @return length rounded up to whole huge pages.
     */
    public static long round(final long length)
    {
        return length + PAGE_LENGTH - 1 & -PAGE_LENGTH;
    }

    /**
     * Maps zeroed memory aligned to huge pages: from the reserved pool when it has enough, else ordinary memory for
     * which transparent huge pages are asked.
     *
     * @param length bytes, a multiple of {@link #PAGE_LENGTH}.
     * @return address.
     * @throws IllegalStateException when there is no address space.
     */
    public static long allocate(final long length)
    {
        final long reserved = allocateReserved(length);
        return reserved != -1 ? reserved : allocateTransparent(length);
    }

    /**
     * Maps memory from the pool that vm.nr_hugepages reserves.
     *
     * @param length bytes, a multiple of {@link #PAGE_LENGTH}.
     * @return address, or -1 when the pool has not enough.
     */
    public static long allocateReserved(final long length)
    {
        return Memory.map(
            length, Memory.PROT_READ | Memory.PROT_WRITE,
            Memory.MAP_PRIVATE | Memory.MAP_ANONYMOUS | Memory.MAP_HUGETLB | MAP_HUGE_2MB, -1, 0);
    }

    /**
     * Maps ordinary memory, aligned, and asks for transparent huge pages; the kernel may say no without telling.
     *
     * @param length bytes, a multiple of {@link #PAGE_LENGTH}.
     * @return address.
     * @throws IllegalStateException when there is no address space.
     */
    public static long allocateTransparent(final long length)
    {
        final long mapped = Memory.allocate(length + PAGE_LENGTH);
        final long address = round(mapped);
        final long before = address - mapped;
        if (before > 0)
        {
            Memory.unmap(mapped, before);
        }
        if (before < PAGE_LENGTH)
        {
            Memory.unmap(address + length, PAGE_LENGTH - before);
        }
        Memory.advise(address, length, Memory.MADV_HUGEPAGE);
        return address;
    }
}
