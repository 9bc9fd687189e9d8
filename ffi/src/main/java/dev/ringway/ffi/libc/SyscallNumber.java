package dev.ringway.ffi.libc;

/**
 * Numbers of the system calls in use, for x86-64 and for the architectures with the generic table (aarch64, riscv64):
 * {@code asm/unistd_64.h} and {@code asm-generic/unistd.h}. Any thread.
 */
public enum SyscallNumber
{
    /** read(2). */
    READ(0, 63),
    /** write(2). */
    WRITE(1, 64),
    /** close(2). */
    CLOSE(3, 57),
    /** mmap(2). */
    MMAP(9, 222),
    /** munmap(2). */
    MUNMAP(11, 215),
    /** madvise(2). */
    MADVISE(28, 233),
    /** fcntl(2). */
    FCNTL(72, 25),
    /** ftruncate(2). */
    FTRUNCATE(77, 46),
    /** unlinkat(2). */
    UNLINKAT(263, 35),
    /** fchmodat(2). */
    FCHMODAT(268, 53),
    /** ppoll(2). */
    PPOLL(271, 73),
    /** pipe2, see pipe(2). */
    PIPE2(293, 59),
    /** splice(2). */
    SPLICE(275, 76),
    /** eventfd2, see eventfd(2). */
    EVENTFD2(290, 19),
    /** memfd_create(2). */
    MEMFD_CREATE(319, 279),
    /** prlimit64, see prlimit(2). */
    PRLIMIT64(302, 261),
    /** sched_setaffinity(2). */
    SCHED_SETAFFINITY(203, 122),
    /** sched_getaffinity(2). */
    SCHED_GETAFFINITY(204, 123),
    /** getcpu(2). */
    GETCPU(309, 168),
    /** socket(2). */
    SOCKET(41, 198),
    /** socketpair(2). */
    SOCKETPAIR(53, 199),
    /** bind(2). */
    BIND(49, 200),
    /** listen(2). */
    LISTEN(50, 201),
    /** accept4, see accept(2). */
    ACCEPT4(288, 242),
    /** connect(2). */
    CONNECT(42, 203),
    /** getsockname(2). */
    GETSOCKNAME(51, 204),
    /** getpeername(2). */
    GETPEERNAME(52, 205),
    /** sendto(2). */
    SENDTO(44, 206),
    /** recvfrom(2). */
    RECVFROM(45, 207),
    /** setsockopt(2). */
    SETSOCKOPT(54, 208),
    /** getsockopt(2). */
    GETSOCKOPT(55, 209),
    /** shutdown(2). */
    SHUTDOWN(48, 210),
    /** sendmsg(2). */
    SENDMSG(46, 211),
    /** recvmsg(2). */
    RECVMSG(47, 212);

    private final int x86;
    private final int generic;
    private final int value;

    SyscallNumber(final int x86, final int generic)
    {
        this.x86 = x86;
        this.generic = generic;
        this.value = "amd64".equals(System.getProperty("os.arch")) ? x86 : generic;
    }

    /**
     * @return number on the running architecture.
     */
    public int value()
    {
        return value;
    }

    /**
     * @return number on x86-64.
     */
    public int x86()
    {
        return x86;
    }

    /**
     * @return number in the generic table.
     */
    public int generic()
    {
        return generic;
    }
}
