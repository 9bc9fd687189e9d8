package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsException;
import dev.ringway.engine.tls.TlsSettings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Builds the TLS contexts of a configuration and holds the owner's reference of each until it is closed. Control thread
 * only.
 */
public final class TlsContexts implements AutoCloseable
{
    private final List<TlsContext> contexts = new ArrayList<>();

    /**
     * @param path     of the transport socket's configuration, where faults of the context are noted.
     * @param checks   where faults go.
     * @param settings makes settings by a translator; called again when files have changed.
     * @return the context, or null when faults were noted.
     */
    TlsContext build(
        final FieldPath path, final Checks checks, final Function<TlsTranslator, TlsSettings> settings)
    {
        final int faults = checks.errors().count();
        final Set<Path> files = new LinkedHashSet<>();
        final TlsSettings made = settings.apply(new TlsTranslator(checks, files));
        if (checks.errors().count() > faults)
        {
            return null;
        }
        try
        {
            final TlsContext context = TlsContext.build(made, System.currentTimeMillis());
            contexts.add(context);
            return context;
        }
        catch (final TlsException ex)
        {
            checks.fault(path, ex.getMessage());
            return null;
        }
    }

    /**
     * @return contexts that were built.
     */
    public List<TlsContext> contexts()
    {
        return List.copyOf(contexts);
    }

    /**
     * Gives all references back.
     */
    public void close()
    {
        contexts.forEach(TlsContext::release);
        contexts.clear();
    }
}
