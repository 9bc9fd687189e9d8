package dev.ringway.engine.filter;

import dev.ringway.codecs.http.MessageHead;

/**
 * Memory that a head can grow into. Loop thread only.
 */
public interface HeadStore
{
    /**
     * Puts bytes behind a head, which may move it: its offsets then hold for the new place.
     *
     * @param head   to grow.
     * @param bytes  to put behind it.
     * @param length how many of them.
     * @return offset of the bytes in the head's buffer, or -1 when memory has run out.
     */
    int append(MessageHead head, byte[] bytes, int length);
}
