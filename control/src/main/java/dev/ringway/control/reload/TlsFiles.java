package dev.ringway.control.reload;

import dev.ringway.control.translate.TlsContexts;
import dev.ringway.engine.counters.CountersFile;
import dev.ringway.engine.counters.TlsFileCounters;
import dev.ringway.engine.tls.NamedCertificate;
import dev.ringway.engine.tls.TlsContext;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/**
 * Watches the files of TLS contexts, and how long their certificates are good for. Control thread only, but for
 * {@link #daysLeft}.
 */
final class TlsFiles
{
    /** What Envoy shows without a certificate. */
    static final long NO_CERTIFICATES = 0xFFFF_FFFFL;

    private final TlsContexts contexts;
    private final CountersFile counters;
    private final TlsFileCounters ids;
    private final Logger logger;

    TlsFiles(final TlsContexts contexts, final CountersFile counters, final Logger logger)
    {
        this.contexts = contexts;
        this.counters = counters;
        this.logger = logger;
        ids = new TlsFileCounters(counters);
    }

    /** Says which certificates are not valid now. */
    void warn()
    {
        contexts.contexts().forEach(this::warn);
    }

    private void warn(final TlsContext context)
    {
        context.warnings().forEach(logger::warning);
    }

    /** Whether there are contexts, which may have files. */
    boolean areThere()
    {
        return !contexts.contexts().isEmpty();
    }

    /** Old contexts with those that take their place. */
    Map<TlsContext, TlsContext> check()
    {
        final TlsContexts.Changes changes = contexts.check();
        for (final String fault : changes.faults())
        {
            counters.shared().increment(ids.updateRejected);
            logger.severe(fault + "; what was read before stays in use");
        }
        for (final TlsContext fresh : changes.replaced().values())
        {
            counters.shared().increment(ids.updated);
            logger.info("certificates, keys or authorities have changed and were read again");
            warn(fresh);
        }
        return changes.replaced();
    }

    /** Days until the first own certificate is over, 0 when one is. Any thread. */
    long daysLeft(final long nowMs)
    {
        long days = NO_CERTIFICATES;
        for (final TlsContexts.Certificates context : contexts.certificates())
        {
            for (final NamedCertificate own : context.own())
            {
                final long leftMs = Math.max(own.certificate().getNotAfter().getTime() - nowMs, 0);
                days = Math.min(days, TimeUnit.MILLISECONDS.toDays(leftMs));
            }
        }
        return days;
    }
}
