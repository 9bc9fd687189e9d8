package dev.ringway.control.translate;

import dev.ringway.control.config.BootstrapLoader;
import dev.ringway.control.config.ConfigException;
import dev.ringway.engine.snapshot.CircuitBreakers;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Thresholds;
import dev.ringway.engine.snapshot.Thresholds.RetryBudget;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What a cluster's fields become. */
final class ClusterTranslatorTest
{
    private static Cluster cluster(final String fields) throws ConfigException
    {
        return new BootstrapTranslator(new NamedCounters()).translate(new BootstrapLoader(false).load(
            null, "static_resources: { clusters: [ { name: a, " + fields + " } ] }")).snapshot(1).cluster("a");
    }

    @Test
    void shouldTakeTheFirstBoundsOfEachPriority() throws ConfigException
    {
        assertEquals(new CircuitBreakers(new Thresholds(1024, 1024, 1024, 5, null),
            new Thresholds(1, 2, 3, 4, new RetryBudget(20, 7))), cluster("""
                circuit_breakers: { thresholds: [
                  { priority: HIGH, max_connections: 1, max_pending_requests: 2, max_requests: 3, max_retries: 4,
                    retry_budget: { min_retry_concurrency: 7 } },
                  { max_retries: 5 }, { max_retries: 6 }, { priority: HIGH } ] }
                """).circuitBreakers());
        assertEquals(CircuitBreakers.DEFAULT, cluster("circuit_breakers: { thresholds: [ {} ] }").circuitBreakers());
    }
}
