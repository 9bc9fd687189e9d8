package dev.ringway.control.translate;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Who is asked for the addresses of names, and how. Immutable.
 *
 * @param addresses {@code resolvers}; none for those of the system.
 * @param usesTcp   {@code use_tcp_for_dns_lookups}.
 * @param searches  whether names may be in one of the system's search domains: not {@code no_default_search_domain}.
 * @param timeoutNs {@code query_timeout_seconds}: the wait for one answer.
 * @param tries     {@code query_tries}: how often each is asked at most.
 * @param rotates   {@code rotate_nameservers}: whether any of them is asked first.
 */
public record NameServers(List<InetSocketAddress> addresses, boolean usesTcp, boolean searches, long timeoutNs,
    int tries, boolean rotates)
{
    /** The system's, asked as Envoy does by default. */
    public static final NameServers SYSTEM =
        new NameServers(List.of(), false, true, TimeUnit.SECONDS.toNanos(5), 4, false);
}
