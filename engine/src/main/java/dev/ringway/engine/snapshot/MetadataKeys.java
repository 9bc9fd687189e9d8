package dev.ringway.engine.snapshot;

import dev.ringway.codecs.proxyproto.TlvTypes;
import dev.ringway.engine.accesslog.LogStrings;

/**
 * Keys of values that a connection carries, by the type of the value of a PROXY header that says each. Envoy:
 * {@code rules} of the proxy protocol filter. Not to be changed once loops have it.
 */
public final class MetadataKeys
{
    private final int[] byType = new int[TlvTypes.COUNT];

    /**
     * Not on a loop: gives a key a number for the life of the process when it has none.
     *
     * @param namespace of the key.
     * @param key       in the namespace.
     * @return the number, by which connections, rules and access records name it.
     */
    public static int number(final String namespace, final String key)
    {
        return LogStrings.register("METADATA:" + namespace.length() + ":" + namespace + ":" + key);
    }

    /**
     * @param type   of a value, 0 to 255; the last key of a type counts.
     * @param number from {@link #number}.
     */
    public void put(final int type, final int number)
    {
        byType[type] = number;
    }

    /**
     * @param type of a value, 0 to 255.
     * @return number of the key that it is kept by, or 0 when it is not.
     */
    public int of(final int type)
    {
        return byType[type];
    }
}
