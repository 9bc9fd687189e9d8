package dev.ringway.control.translate;

import dev.ringway.control.config.ConfigError;
import dev.ringway.control.config.ConfigErrors;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.tls.NamedCertificate;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsException;
import dev.ringway.engine.tls.TlsSettings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Builds the TLS contexts of a configuration, and builds them again when their files have changed. Holds the owner's
 * reference of each until it is replaced or closed. Control thread only, but for {@link #certificates()}.
 */
public final class TlsContexts implements AutoCloseable
{
    private static final String INLINE = "<inline>";

    /** Of the configuration in force. */
    private final Map<Object, Source> sources = new LinkedHashMap<>();
    /** Of the configuration that is being translated, with those that it takes over. */
    private final Map<Object, Source> wanted = new LinkedHashMap<>();
    private volatile List<Certificates> certificates = List.of();

    /**
     * What has become of contexts whose files have changed.
     *
     * @param replaced old contexts with the new ones. The old ones have the owner's reference until the next check.
     * @param faults   sentences about those that could not be built: the old ones stay.
     */
    public record Changes(Map<TlsContext, TlsContext> replaced, List<String> faults)
    {
    }

    /**
     * Certificates of a context, each named by its file or {@code <inline>}.
     *
     * @param authority first that is trusted, or null.
     * @param own       first of each chain that is shown.
     */
    public record Certificates(NamedCertificate authority, List<NamedCertificate> own)
    {
    }

    /** What a context is made from. */
    private static final class Source
    {
        private final FieldPath path;
        private final Function<TlsTranslator, TlsSettings> settings;
        private TlsContext context;
        private TlsContext old;
        /** As they were before they were read. */
        private FileStamps used = new FileStamps();
        private FileStamps last = used;

        Source(final FieldPath path, final Function<TlsTranslator, TlsSettings> settings)
        {
            this.path = path;
            this.settings = settings;
        }

        /** Whether a context could be made; else faults are noted. */
        boolean build(final Checks checks)
        {
            final int faults = checks.errors().count();
            final TlsSettings made = settings.apply(new TlsTranslator(checks, used::add));
            if (checks.errors().count() > faults)
            {
                return false;
            }
            try
            {
                final long nowMs = System.currentTimeMillis();
                final TlsContext built =
                    context == null ? TlsContext.build(made, nowMs) : TlsContext.rebuild(made, context, nowMs);
                old = context;
                context = built;
                return true;
            }
            catch (final TlsException ex)
            {
                checks.fault(path, ex.getMessage());
                return false;
            }
        }

        /** Whether files are others than those that were used, and have stayed so since the last look. */
        boolean isChanged()
        {
            final FileStamps now = used.again();
            final boolean isSettled = now.equals(last);
            last = now;
            return isSettled && !now.equals(used);
        }

        Certificates certificates()
        {
            return new Certificates(context.authority() == null ? null : located(context.authority()),
                context.certificates().stream().map(this::located).toList());
        }

        private NamedCertificate located(final NamedCertificate named)
        {
            return used.has(named.name()) ? named : new NamedCertificate(INLINE, named.certificate());
        }

        void release()
        {
            releaseOld();
            context.release();
        }

        void releaseOld()
        {
            if (old != null)
            {
                old.release();
                old = null;
            }
        }
    }

    /**
     * Makes a context for a configuration that is being translated, or finds the one that is in use for the same.
     *
     * @param key      all that it is made from but the contents of files: contexts with equal keys are one.
     * @param path     of what the context is made from, where its faults are noted.
     * @param checks   where faults go.
     * @param settings makes settings by a translator; called again when files have changed.
     * @return the context, or null when faults were noted.
     */
    TlsContext build(
        final Object key, final FieldPath path, final Checks checks,
        final Function<TlsTranslator, TlsSettings> settings)
    {
        final Source known = wanted.getOrDefault(key, sources.get(key));
        if (known != null)
        {
            wanted.put(key, known);
            return known.context;
        }
        final Source source = new Source(path, settings);
        if (!source.build(checks))
        {
            return null;
        }
        wanted.put(key, source);
        return source.context;
    }

    /**
     * Contexts of what is taken over from the configuration in force stay.
     *
     * @param contexts any of those in use.
     */
    void keep(final Collection<TlsContext> contexts)
    {
        sources.forEach((key, source) ->
        {
            if (contexts.contains(source.context))
            {
                wanted.put(key, source);
            }
        });
    }

    /** The configuration that was translated is in force: gives the references back that only others needed. */
    void commit()
    {
        sources.forEach((key, source) ->
        {
            if (wanted.get(key) != source)
            {
                source.release();
            }
        });
        sources.clear();
        sources.putAll(wanted);
        wanted.clear();
        publish();
    }

    /** The configuration that was translated is refused. */
    void rollback()
    {
        wanted.forEach((key, source) ->
        {
            if (sources.get(key) != source)
            {
                source.release();
            }
        });
        wanted.clear();
    }

    /**
     * Looks whether files of contexts have changed since they were read, and builds those contexts again. A file that
     * was written since the last look is left alone until the next one: it may be half written. To be called at
     * intervals.
     *
     * @return what has changed.
     */
    public Changes check()
    {
        final Map<TlsContext, TlsContext> replaced = new IdentityHashMap<>();
        final List<String> faults = new ArrayList<>();
        for (final Source source : sources.values())
        {
            source.releaseOld();
            if (!source.isChanged())
            {
                continue;
            }
            source.used = source.last;
            final ConfigErrors errors = new ConfigErrors();
            if (source.build(new Checks(errors)))
            {
                replaced.put(source.old, source.context);
            }
            for (final ConfigError error : errors.errors())
            {
                faults.add(error.path() + ": " + error.reason());
            }
        }
        if (!replaced.isEmpty())
        {
            publish();
        }
        return new Changes(replaced, faults);
    }

    private void publish()
    {
        // A cluster has one more context for relays, made from the same fields.
        final Set<FieldPath> seen = new HashSet<>();
        certificates = sources.values().stream().filter(source -> seen.add(source.path)).map(Source::certificates).toList();
    }

    /**
     * @return certificates of each context of now, for the admin's list. Any thread.
     */
    public List<Certificates> certificates()
    {
        return certificates;
    }

    /**
     * @return contexts of now, those of the configuration in force.
     */
    public List<TlsContext> contexts()
    {
        return sources.values().stream().map(source -> source.context).toList();
    }

    /**
     * Gives all references back.
     */
    public void close()
    {
        rollback();
        sources.values().forEach(Source::release);
        sources.clear();
    }
}
