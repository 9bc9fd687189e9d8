package dev.ringway.engine.httpfilters;

import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Requests that have tokens of their own, by what {@link LimitAction}s say of them. Envoy:
 * {@code extensions.common.ratelimit.v3.LocalRateLimitDescriptor}.
 *
 * @param entries in order, at least one.
 * @param bucket  with their tokens.
 */
public record LimitDescriptor(List<Entry> entries, TokenBucket bucket)
{
    /**
     * What is said of a request.
     *
     * @param key   not to be changed.
     * @param value not to be changed; empty in descriptors for any.
     */
    public record Entry(byte[] key, byte[] value)
    {
        /**
         * @param key   what is said.
         * @param value of it.
         */
        public Entry(final String key, final String value)
        {
            this(key.getBytes(UTF_8), value.getBytes(UTF_8));
        }
    }

    /** Whether it is for requests with any value of some key. */
    boolean isOpen()
    {
        return entries.stream().anyMatch(entry -> entry.value.length == 0);
    }

    /** The same with a full bucket of its own. */
    LimitDescriptor copy()
    {
        return new LimitDescriptor(entries, bucket.copy());
    }
}
