package dev.ringway.engine.upstream;

import dev.ringway.engine.conn.Connections;
import dev.ringway.engine.conn.SocketPlan;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.ConnectRules;
import dev.ringway.ffi.sock.SockAddr;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.Arrays;

/**
 * Makes socket addresses, and plans for sockets, of what a snapshot says. Loop thread only.
 */
final class SocketPlans
{
    private SocketPlans()
    {
    }

    /** A plan for sockets that are opened by the rules, or null when nothing is to be done. */
    static SocketPlan of(final Connections connections, final ConnectRules rules)
    {
        if (rules.hasSameSockets(ConnectRules.NONE))
        {
            return null;
        }
        final SocketPlan plan = connections.newPlan();
        rules.options().forEach(option -> plan.option(option.level(), option.name(), option.value()));
        rules.boundOptions().forEach(option -> plan.boundOption(option.level(), option.name(), option.value()));
        if (rules.source() != null)
        {
            plan.source(sockAddr(rules.source()));
        }
        return plan;
    }

    static byte[] sockAddr(final Address address)
    {
        final byte[] bytes = new byte[SockAddr.MAX_LENGTH];
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        return Arrays.copyOf(bytes, address.unixPath() != null ?
            SockAddr.encodeUnix(buffer, 0, address.unixPath()) : SockAddr.encode(buffer, 0, address.inet()));
    }
}
