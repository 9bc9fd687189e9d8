package dev.ringway.ffi.uring;

/**
 * Numbers of system calls that differ between architectures.
 */
final class NativeNumbers
{
    /** close(2): 3 on x86-64, 57 on the generic table (aarch64, riscv64). */
    static final int CLOSE = "amd64".equals(System.getProperty("os.arch")) ? 3 : 57;

    private NativeNumbers()
    {
    }
}
