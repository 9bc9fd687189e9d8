package dev.ringway.control.reload;

import dev.ringway.control.config.BootstrapLoader;
import dev.ringway.control.config.ConfigException;
import dev.ringway.control.translate.BootstrapTranslator;
import dev.ringway.control.translate.NamedCounters;
import dev.ringway.control.translate.Translation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ChangeLogTest
{
    private final List<String> lines = new ArrayList<>();
    private final Logger logger = Logger.getAnonymousLogger();
    private final ChangeLog changes = new ChangeLog(logger);
    private final BootstrapTranslator translator = new BootstrapTranslator(new NamedCounters());

    @BeforeEach
    void listen()
    {
        logger.setUseParentHandlers(false);
        logger.setLevel(Level.FINE);
        logger.addHandler(new Handler()
        {
            @Override
            public void publish(final LogRecord line)
            {
                lines.add(line.getMessage());
            }

            @Override
            public void flush()
            {
                // Nothing is kept back.
            }

            @Override
            public void close()
            {
                // Nothing is open.
            }
        });
    }

    private Translation load(final String clusters) throws ConfigException
    {
        final Translation loaded = translator.translate(new BootstrapLoader(false).load(null, """
            static_resources:
              listeners:
              - { name: l, address: { socket_address: { address: 127.0.0.1, port_value: 1 } }, filter_chains: [ { filters: [
                  { name: t, typed_config: { "@type":
                    type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy,
                    stat_prefix: a, cluster: one } } ] } ] }
              clusters: [ %s ]
            """.formatted(clusters)));
        translator.commit();
        return loaded;
    }

    @Test
    void shouldTellWhatIsNewChangedAndGone() throws ConfigException
    {
        final Translation first = load("{ name: one }, { name: two }, { name: three }");
        changes.tell(null, first);
        assertEquals(List.of("listener 'l' is new", "cluster 'one' is new", "cluster 'two' is new",
            "cluster 'three' is new"), lines);
        lines.clear();
        final Translation second = load("{ name: one }, { name: three, connect_timeout: 2s }, { name: four }");
        changes.tell(first, second);
        assertEquals(List.of("cluster 'three' has changed", "cluster 'four' is new", "cluster 'two' is gone"), lines);
        lines.clear();
        changes.tell(second, second);
        assertEquals(List.of(), lines);
    }

    @Test
    void shouldTellNothingToWhoDoesNotAsk() throws ConfigException
    {
        logger.setLevel(Level.INFO);
        changes.tell(null, load("{ name: one }"));
        assertEquals(List.of(), lines);
    }
}
