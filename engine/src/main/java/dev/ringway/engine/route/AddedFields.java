package dev.ringway.engine.route;

import dev.ringway.codecs.http.RequestHead;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a head loses and gains on its way, for who wants to see it as it goes on. Loop thread only.
 */
public interface AddedFields
{
    /**
     * @param nameId from {@code HeaderName}.
     * @return whether the head loses its fields of that name.
     */
    boolean drops(int nameId);

    /**
     * @param nameId from {@code HeaderName}.
     * @param name   in lower case, only used for {@code HeaderName.OTHER}.
     * @param after  index of the field to start behind, -1 for the first.
     * @return index of the next added field of that name, or -1.
     */
    int findNext(int nameId, UnsafeBuffer name, int after);

    /**
     * @return holds the values of added fields.
     */
    DirectBuffer values();

    /**
     * @param index from {@link #findNext}.
     * @return where its value starts in {@link #values()}.
     */
    int valueOffset(int index);

    /**
     * @param index from {@link #findNext}.
     * @return bytes of its value.
     */
    int valueLength(int index);

    /**
     * @return new path with query, of which {@link #pathLength()} bytes count.
     */
    byte[] path();

    /**
     * @return bytes of the new path, or -1 for none.
     */
    int pathLength();

    /**
     * @param head of the request.
     * @return what holds the host that it goes on with.
     */
    DirectBuffer hostBuffer(RequestHead head);

    /**
     * @param head of the request.
     * @return where that host starts.
     */
    int hostOffset(RequestHead head);

    /**
     * @param head of the request.
     * @return bytes of that host.
     */
    int hostLength(RequestHead head);
}
