package dev.ringway.system;

import dev.ringway.control.config.BootstrapLoader;
import dev.ringway.control.config.ConfigException;
import dev.ringway.control.translate.BootstrapTranslator;

import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What Envoy and Ringway say of a bootstrap. */
final class ConfigVerdicts
{
    private ConfigVerdicts()
    {
    }

    /** What is wrong with a bootstrap here. */
    static List<String> faults(final Path bootstrap)
    {
        final BootstrapTranslator translator = new BootstrapTranslator((name, kind) -> 0);
        try
        {
            translator.translate(new BootstrapLoader(false).load(bootstrap.toString(), null));
            return List.of();
        }
        catch (final ConfigException ex)
        {
            return ex.errors().stream().map(error -> error.path() + ": " + error.reason()).toList();
        }
        finally
        {
            translator.contexts().close();
        }
    }

    /**
     * Demands that both are as expected.
     *
     * @param directory that Envoy may write to.
     * @param bootstrap file.
     * @param how       {@code taken} or {@code refused} by both, or {@code refused here}.
     * @return what is wrong with it here.
     */
    static List<String> compare(final Path directory, final Path bootstrap, final String how) throws Exception
    {
        final boolean isTaken = Peers.envoyAccepts(directory, bootstrap);
        final List<String> faults = faults(bootstrap);
        assertEquals(!how.equals("refused"), isTaken, "Envoy's view, ours: " + faults);
        assertEquals(how.equals("taken"), faults.isEmpty(), faults.toString());
        return faults;
    }
}
