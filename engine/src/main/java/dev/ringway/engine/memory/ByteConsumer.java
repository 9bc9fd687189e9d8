package dev.ringway.engine.memory;

/**
 * Walks through bytes as far as it can. Loop thread only.
 */
public interface ByteConsumer
{
    /**
     * @param offset of the bytes in the slab.
     * @param length positive.
     * @return how many at the end are not used: they need more behind them, or must wait.
     */
    int process(int offset, int length);

    /**
     * @return whether what {@link #process} left over has to wait for something else than more bytes.
     */
    default boolean isBlocked()
    {
        return false;
    }
}
