package dev.ringway.control.reload;

import com.google.protobuf.Message;
import dev.ringway.control.translate.Translation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Says at level debug which listeners and clusters of a configuration are new, changed or gone by what the configuration
 * says of them. Control thread only.
 */
final class ChangeLog
{
    private final Logger logger;

    /**
     * @param logger told of each change.
     */
    ChangeLog(final Logger logger)
    {
        this.logger = logger;
    }

    /**
     * @param old   what was in force before, or null for nothing.
     * @param fresh what is in force now.
     */
    void tell(final Translation old, final Translation fresh)
    {
        if (logger.isLoggable(Level.FINE))
        {
            tell("listener", listeners(old), listeners(fresh));
            tell("cluster", clusters(old), clusters(fresh));
        }
    }

    private static Map<String, Message> listeners(final Translation loaded)
    {
        final Map<String, Message> named = new LinkedHashMap<>();
        for (int i = 0; loaded != null && i < loaded.listeners().size(); i++)
        {
            named.put(loaded.listeners().get(i).name(), loaded.bootstrap().getStaticResources().getListeners(i));
        }
        return named;
    }

    private static Map<String, Message> clusters(final Translation loaded)
    {
        final Map<String, Message> named = new LinkedHashMap<>();
        if (loaded != null)
        {
            loaded.bootstrap().getStaticResources().getClustersList().forEach(one -> named.put(one.getName(), one));
        }
        return named;
    }

    private void tell(final String kind, final Map<String, Message> old, final Map<String, Message> fresh)
    {
        fresh.forEach((name, part) ->
        {
            final Message before = old.remove(name);
            if (!part.equals(before))
            {
                logger.fine(kind + " '" + name + (before == null ? "' is new" : "' has changed"));
            }
        });
        old.keySet().forEach(name -> logger.fine(kind + " '" + name + "' is gone"));
    }
}
