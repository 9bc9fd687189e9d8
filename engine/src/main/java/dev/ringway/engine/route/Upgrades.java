package dev.ringway.engine.route;

import dev.ringway.codecs.http.MessageRules;
import org.agrona.DirectBuffer;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Which protocols requests may upgrade to, CONNECT among them, for tunnels. Envoy: {@code HttpConnectionManager.upgrade_configs}, and
 * {@code RouteAction.upgrade_configs}, which comes before. Immutable, any thread.
 */
public final class Upgrades
{
    /** Says nothing of any protocol. */
    public static final Upgrades NONE = new Upgrades(Map.of());
    /** What {@link #find} returns for a protocol that is not named. */
    public static final int UNKNOWN = -1;

    private final byte[][] names;
    private final boolean[] allowed;
    private final boolean endsTunnels;

    /**
     * @param types {@code upgrade_type}, compared in any case, with {@code enabled}.
     */
    public Upgrades(final Map<String, Boolean> types)
    {
        this(types, false);
    }

    /**
     * @param types       {@code upgrade_type}, compared in any case, with {@code enabled}.
     * @param endsTunnels whether the proxy itself is where a CONNECT leads to: the endpoint gets the plain bytes in it
     *                    ({@code connect_config}).
     */
    public Upgrades(final Map<String, Boolean> types, final boolean endsTunnels)
    {
        this.endsTunnels = endsTunnels;
        names = new byte[types.size()][];
        allowed = new boolean[types.size()];
        int at = 0;
        for (final Map.Entry<String, Boolean> type : types.entrySet())
        {
            names[at] = type.getKey().getBytes(StandardCharsets.US_ASCII);
            allowed[at++] = type.getValue();
        }
    }

    /**
     * Looks a protocol up.
     *
     * @param buffer holds its name.
     * @param offset of the name.
     * @param length bytes.
     * @return its index here, or {@link #UNKNOWN}.
     */
    public int find(final DirectBuffer buffer, final int offset, final int length)
    {
        for (int i = 0; i < names.length; i++)
        {
            if (MessageRules.isProtocol(buffer.byteArray(), buffer.addressOffset() + offset, length, names[i]))
            {
                return i;
            }
        }
        return UNKNOWN;
    }

    /**
     * @return whether endpoints get the plain bytes of tunnels.
     */
    public boolean endsTunnels()
    {
        return endsTunnels;
    }

    /**
     * @param index from {@link #find}.
     * @return whether requests may upgrade to it.
     */
    public boolean isAllowed(final int index)
    {
        return allowed[index];
    }

    /**
     * @param index from {@link #find}.
     * @return its name as configured, shared, not to be changed.
     */
    public byte[] name(final int index)
    {
        return names[index];
    }
}
