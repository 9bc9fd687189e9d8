package dev.ringway.engine.httpfilters;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.route.Condition;
import dev.ringway.engine.route.TextMatch;
import dev.ringway.engine.snapshot.CidrRanges;
import org.agrona.DirectBuffer;

import java.util.List;

/**
 * A permission or a principal. Envoy: {@code config.rbac.v3.Permission} and {@code Principal}. Immutable.
 */
public interface AccessRule
{
    /** Holds always. */
    AccessRule ANY = view -> true;

    /**
     * Loop thread.
     *
     * @param view of the request or connection that is asked about.
     * @return whether it holds.
     */
    boolean holds(AccessView view);

    /**
     * Holds when all, or one of several, hold.
     *
     * @param rules of the set.
     * @param isAll {@code and_rules}, otherwise {@code or_rules}.
     */
    record Several(List<AccessRule> rules, boolean isAll) implements AccessRule
    {
        public boolean holds(final AccessView view)
        {
            for (int i = 0; i < rules.size(); i++)
            {
                if (rules.get(i).holds(view) != isAll)
                {
                    return !isAll;
                }
            }
            return isAll;
        }
    }

    /**
     * Holds when another does not.
     *
     * @param rule the other.
     */
    record Not(AccessRule rule) implements AccessRule
    {
        public boolean holds(final AccessView view)
        {
            return !rule.holds(view);
        }
    }

    /**
     * Demands something of a field.
     *
     * @param condition {@code header}.
     */
    record Field(Condition condition) implements AccessRule
    {
        public boolean holds(final AccessView view)
        {
            return condition.holds(view.request());
        }
    }

    /**
     * Demands something of the path, without its query.
     *
     * @param match {@code url_path}.
     */
    record Path(TextMatch match) implements AccessRule
    {
        public boolean holds(final AccessView view)
        {
            final RequestHead head = view.request().head();
            final int length =
                head.queryOffset() < 0 ? head.pathLength() : head.queryOffset() - head.pathOffset();
            return match.matches(view.request(), head.headers().buffer(), head.pathOffset(), length);
        }
    }

    /** Addresses of a connection. */
    enum End
    {
        /** Of its other end itself. */
        DIRECT,
        /** Of the client, which a listener filter may have told. */
        REMOTE,
        /** The same, or of the sender of the request, where proxies are trusted to tell it. */
        FORWARDED,
        /** That the client connected to. */
        LOCAL
    }

    /**
     * Demands that an address is of a range.
     *
     * @param range {@code direct_remote_ip}, {@code source_ip}, {@code remote_ip} or {@code destination_ip}.
     * @param end   whose address.
     */
    record Address(CidrRanges range, End end) implements AccessRule
    {
        public boolean holds(final AccessView view)
        {
            final byte[] address = view.address();
            final int length = switch (end)
            {
                case DIRECT -> view.peer().directAddress(address);
                case REMOTE -> view.peer().remoteAddress(address);
                case FORWARDED -> view.peer().forwardedAddress(address);
                case LOCAL -> view.peer().localAddress(address);
            };
            return length > 0 && range.contains(address, length);
        }
    }

    /**
     * Demands that the client has connected to a port of a range.
     *
     * @param first port of the range.
     * @param end   port behind it.
     */
    record Port(int first, int end) implements AccessRule
    {
        public boolean holds(final AccessView view)
        {
            final int port = view.peer().localPort();
            return port >= first && port < end;
        }
    }

    /**
     * Demands that the client has asked for a server's name.
     *
     * @param match {@code requested_server_name}.
     */
    record ServerName(TextMatch match) implements AccessRule
    {
        private static final byte[] NONE = {};

        public boolean holds(final AccessView view)
        {
            final byte[] name = view.peer().serverName();
            final byte[] asked = name == null ? NONE : name;
            return match.matches(view.request(), view.buffer(asked), 0, asked.length);
        }
    }

    /**
     * Demands something of a value that the connection carries.
     *
     * @param key        of the value, from {@code MetadataKeys}.
     * @param match      {@code value}.
     * @param isInverted holds where the value, or that there is none, is otherwise.
     */
    record Metadata(int key, TextMatch match, boolean isInverted) implements AccessRule
    {
        public boolean holds(final AccessView view)
        {
            final DirectBuffer value = view.buffer();
            return (view.peer().metadata(key, value) &&
                match.matches(view.request(), value, 0, value.capacity())) != isInverted;
        }
    }

    /**
     * Demands an encrypted connection and a name of the client's certificate, of any kind. Without a certificate, which
     * the listener may demand, the name is empty.
     *
     * @param match {@code authenticated.principal_name}, or null for any client.
     */
    record Authenticated(TextMatch match) implements AccessRule
    {
        private static final List<byte[]> NAMELESS = List.of(new byte[0]);

        public boolean holds(final AccessView view)
        {
            if (match == null || !view.peer().isEncrypted())
            {
                return view.peer().isEncrypted();
            }
            final List<byte[]> shown = view.peer().principals();
            final List<byte[]> names = shown.isEmpty() ? NAMELESS : shown;
            for (int i = 0; i < names.size(); i++)
            {
                final byte[] name = names.get(i);
                if (match.matches(view.request(), view.buffer(name), 0, name.length))
                {
                    return true;
                }
            }
            return false;
        }
    }
}
