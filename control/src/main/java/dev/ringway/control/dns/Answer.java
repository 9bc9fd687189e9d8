package dev.ringway.control.dns;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * What is known of a name. Immutable.
 *
 * @param addresses of the name, in the order of the answer; of the one before where the last look-up failed.
 * @param ttlNs     how long they hold, or 0 when that was not said.
 * @param isFailed  whether the last look-up had no answer.
 */
record Answer(List<InetAddress> addresses, long ttlNs, boolean isFailed)
{
    static final Answer FAILED = new Answer(List.of(), 0, true);
    static final Answer NONE = new Answer(List.of(), 0, false);

    boolean isEmpty()
    {
        return addresses.isEmpty();
    }

    /** For people. */
    String text()
    {
        return addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", ", "[", "]")) +
            (ttlNs == 0 ? "" : " for " + TimeUnit.NANOSECONDS.toSeconds(ttlNs) + " s");
    }

    Answer failed()
    {
        return isFailed ? this : new Answer(addresses, ttlNs, true);
    }
}
