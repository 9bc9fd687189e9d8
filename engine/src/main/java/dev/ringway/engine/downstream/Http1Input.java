package dev.ringway.engine.downstream;

import dev.ringway.codecs.http1.Http1HeadScanner;
import dev.ringway.engine.memory.InputBytes;
import dev.ringway.engine.memory.LoopMemory;

/**
 * What a client has sent and its session has not used, and how much of a head in it was parsed in vain. Loop thread only.
 */
final class Http1Input extends InputBytes
{
    private int headParsedLength;

    /**
     * A head that comes in drops is parsed when it has doubled or may be whole, so its cost stays linear.
     *
     * @param memory of the loop.
     * @param offset of the bytes in the slab.
     * @param length positive.
     * @return whether to parse it now.
     */
    boolean isWorthParsing(final LoopMemory memory, final int offset, final int length)
    {
        return headParsedLength == 0 || length >= headParsedLength << 1 ||
            Http1HeadScanner.findEnd(
                memory.slab().buffer(), offset, length, Math.max(offset, offset + headParsedLength - 3)) >= 0;
    }

    void onPartialHead(final int length)
    {
        headParsedLength = length;
    }

    void onHead()
    {
        headParsedLength = 0;
    }

    /**
     * @param memory of the loop.
     * @return whether the client is in the middle of a head; empty lines before one are none of it.
     */
    boolean hasPartOfHead(final LoopMemory memory)
    {
        return partialLength() > 0 && memory.slab().buffer().getByte(partialOffset()) > ' ';
    }
}
