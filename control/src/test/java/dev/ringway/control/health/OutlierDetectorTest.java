package dev.ringway.control.health;

import dev.ringway.control.health.OutlierDetection.Rate;
import dev.ringway.engine.balance.ClusterHosts;
import dev.ringway.engine.balance.HostHealth;
import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.CountersFile;
import dev.ringway.engine.counters.EndpointCounters;
import dev.ringway.engine.counters.OutlierCounters;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.CircuitBreakers;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Endpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ejections step by step, with a clock that stands still. */
@Timeout(180)
final class OutlierDetectorTest
{
    private static final long S = 1_000_000_000L;

    @TempDir
    Path directory;

    private final List<String> logged = new ArrayList<>();
    private CountersFile counters;
    private OutlierCounters ids;
    private ClusterHosts hosts;
    private OutlierDetector detector;
    private long nowNs = 5 * S;
    private int mostPercent = 50;
    private boolean alwaysOne;
    private int consecutive5xx = 5;
    private int enforcing5xx = 100;
    private int enforcingGateway;
    private int enforcingFailures;
    private OutlierDetection.Local local;

    @BeforeEach
    void start() throws IOException
    {
        counters = CountersFile.create(directory.resolve("counters"), 4096, 1, false);
        ids = new OutlierCounters(counters, "c");
        hosts = new ClusterHosts(1, Runnable::run);
        endpoints(10);
        detect();
    }

    @AfterEach
    void stop()
    {
        counters.close();
    }

    private void endpoints(final int count)
    {
        final List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 1; i <= count; i++)
        {
            endpoints.add(new Endpoint(Address.of(new InetSocketAddress("10.0.0." + i, 1)), "", 1));
        }
        hosts.adopt(new Cluster(0, "c", endpoints, 1, CircuitBreakers.DEFAULT, 1, 0, 0, false, null, null,
            new ClusterCounters(counters, "c")), 0);
    }

    private void detect()
    {
        detector = new OutlierDetector("c", new OutlierDetection(consecutive5xx, 3, 10 * S, 30 * S, 90 * S, 0, mostPercent, alwaysOne,
            enforcing5xx, enforcingGateway, new Rate(100, 5, 100), 1900, new Rate(enforcingFailures, 5, 50), 85, local),
            hosts, counters.shared(), ids, Runnable::run, () -> nowNs, logged::add);
        hosts.watch(detector.watch());
    }

    private HostHealth host(final int index)
    {
        return hosts.newest().health(index);
    }

    private void answers(final int index, final int status, final int count)
    {
        for (int i = 0; i < count; i++)
        {
            host(index).onStatus(status);
            host(index).counters().loop(0).increment(
                status < 500 ? EndpointCounters.RQ_SUCCESS : EndpointCounters.RQ_ERROR);
        }
    }

    private boolean isEjected(final int index)
    {
        return host(index).has(HostHealth.FAILED_OUTLIER_CHECK);
    }

    private long value(final int id)
    {
        return counters.reader().value(id);
    }

    @Test
    void shouldEjectAfterErrorsInARow()
    {
        answers(0, 500, 4);
        answers(0, 404, 1);
        answers(0, 500, 4);
        assertFalse(isEjected(0));
        answers(0, 500, 1);
        assertTrue(isEjected(0));
        assertEquals(1, value(ids.active));
        assertEquals(1, value(ids.enforcedTotal));
        assertEquals(1, value(ids.enforcedConsecutive5xx));
        assertEquals(1, value(ids.detectedConsecutive5xx));
        assertEquals(1, value(ids.consecutive5xx));
        assertEquals(1, value(ids.total));
        assertEquals(List.of("cluster 'c': endpoint 10.0.0.1:1 is ejected: errors in a row"), logged);
    }

    private void goesWithout(final int index, final int count)
    {
        for (int i = 0; i < count; i++)
        {
            host(index).onFailed(0);
            host(index).counters().loop(0).increment(EndpointCounters.RQ_ERROR);
        }
    }

    @Test
    void shouldTellNoAnswersFromAnswersWhereAsked()
    {
        local = new OutlierDetection.Local(3, 100, 0, 100);
        detect();
        answers(0, 500, 4);
        goesWithout(0, 2);
        host(0).onReady(0);
        goesWithout(0, 2);
        assertFalse(isEjected(0));
        goesWithout(0, 1);
        assertTrue(isEjected(0));
        assertEquals(1, value(ids.enforcedConsecutiveLocalOriginFailure));
        assertEquals(0, value(ids.detectedConsecutive5xx));
        assertEquals(List.of("cluster 'c': endpoint 10.0.0.1:1 is ejected: no answers in a row"), logged);
    }

    @Test
    void shouldEjectWhereTooOftenThereIsNoAnswer()
    {
        local = new OutlierDetection.Local(1000, 100, 0, 100);
        mostPercent = 100;
        detect();
        for (int i = 0; i < 5; i++)
        {
            answers(i, 200, 100);
            for (int n = 0; n < 100; n++)
            {
                host(i).onReady(0);
            }
        }
        goesWithout(0, 900);
        detector.onInterval();
        assertTrue(isEjected(0));
        assertFalse(isEjected(1));
        assertEquals(1, value(ids.enforcedLocalOriginFailurePercentage));
        assertEquals(0, value(ids.detectedFailurePercentage));
        assertEquals(0, value(ids.detectedSuccessRate));
        assertEquals(1, value(ids.detectedLocalOriginSuccessRate));
        assertEquals(1, value(ids.successRate));
        assertEquals(0, value(ids.total));
        assertEquals(82, hosts.localSuccessRates().average(), 0.1);
    }

    @Test
    void shouldCountNoAnswersAmongAnswersOtherwise()
    {
        goesWithout(0, 5);
        assertTrue(isEjected(0));
        assertEquals(1, value(ids.enforcedConsecutive5xx));
        assertEquals(0, value(ids.detectedConsecutiveLocalOriginFailure));
    }

    @Test
    void shouldLetBackAfterATimeThatGrows()
    {
        for (final int seconds : new int[]{30, 60, 90, 90})
        {
            answers(0, 500, 5);
            assertTrue(isEjected(0));
            nowNs += seconds * S - 1;
            detector.onInterval();
            assertTrue(isEjected(0), seconds + " s");
            nowNs += 1;
            detector.onInterval();
            assertFalse(isEjected(0));
            assertEquals(0, value(ids.active));
        }
        for (int i = 0; i < 4; i++)
        {
            detector.onInterval();
        }
        answers(0, 500, 5);
        nowNs += 30 * S;
        detector.onInterval();
        assertFalse(isEjected(0));
    }

    @Test
    void shouldDetectGatewayErrorsAndEnforceThemWhereAsked()
    {
        answers(0, 503, 3);
        assertFalse(isEjected(0));
        assertEquals(1, value(ids.detectedConsecutiveGatewayFailure));
        assertEquals(0, value(ids.enforcedConsecutiveGatewayFailure));
        enforcingGateway = 100;
        detect();
        answers(1, 502, 2);
        answers(1, 500, 1);
        answers(1, 504, 2);
        assertTrue(isEjected(1), "five errors in a row");
        answers(2, 502, 3);
        assertTrue(isEjected(2));
        assertEquals(1, value(ids.enforcedConsecutiveGatewayFailure));
    }

    @Test
    void shouldLookForGatewayErrorsFirst()
    {
        enforcingGateway = 100;
        consecutive5xx = 3;
        detect();
        answers(0, 503, 3);
        assertEquals(1, value(ids.enforcedConsecutiveGatewayFailure));
        assertEquals(0, value(ids.detectedConsecutive5xx));
        assertEquals(0, value(ids.total));
    }

    @Test
    void shouldTellRatesOnlyOfEnoughEndpoints()
    {
        endpoints(4);
        answers(0, 200, 200);
        detector.onInterval();
        assertEquals(-1, host(0).successRate());
        endpoints(5);
        answers(0, 200, 200);
        detector.onInterval();
        assertEquals(100, host(0).successRate());
    }

    @Test
    void shouldEjectNoMoreThanItMay()
    {
        for (int i = 0; i < 10; i++)
        {
            answers(i, 500, 5);
        }
        assertEquals(5, value(ids.active));
        assertEquals(5, value(ids.overflow));
        assertEquals(10, value(ids.consecutive5xx));
        assertEquals(5, value(ids.total));
        assertEquals(5, hosts.newest().healthyCount());
    }

    @Test
    void shouldEjectOneOfFewOnlyWhereAsked()
    {
        mostPercent = 10;
        endpoints(3);
        detect();
        answers(0, 500, 5);
        assertFalse(isEjected(0));
        alwaysOne = true;
        detect();
        answers(0, 500, 5);
        answers(1, 500, 5);
        assertTrue(isEjected(0));
        assertFalse(isEjected(1));
    }

    @Test
    void shouldOnlyLookWhereNothingIsEnforced()
    {
        enforcing5xx = 0;
        detect();
        answers(0, 500, 10);
        assertFalse(isEjected(0));
        assertEquals(2, value(ids.detectedConsecutive5xx));
        assertEquals(0, value(ids.enforcedTotal));
        assertEquals(2, value(ids.total));
    }

    @Test
    void shouldEjectWhoHasFarLessSuccess()
    {
        for (int i = 0; i < 10; i++)
        {
            answers(i, 200, 100);
        }
        for (int i = 0; i < 30; i++)
        {
            answers(3, 500, 1);
            answers(3, 200, 1);
        }
        detector.onInterval();
        assertTrue(isEjected(3));
        assertEquals(1, value(ids.enforcedSuccessRate));
        assertEquals(1, value(ids.successRate));
        assertEquals(1, value(ids.total));
        assertEquals(1, value(ids.active));
        detector.onInterval();
        assertEquals(1, value(ids.detectedSuccessRate));
    }

    @Test
    void shouldNotJudgeRatesOfFewRequests()
    {
        for (int i = 0; i < 10; i++)
        {
            answers(i, i == 3 ? 500 : 200, i < 4 ? 4 : 200);
        }
        for (int i = 4; i < 9; i++)
        {
            answers(i, 200, 1);
        }
        detector.onInterval();
        assertFalse(isEjected(3));
    }

    @Test
    void shouldEjectWhoFailsTooOften()
    {
        enforcing5xx = 0;
        enforcingFailures = 100;
        detect();
        for (int i = 0; i < 10; i++)
        {
            answers(i, 200, i < 2 ? 8 : 60);
        }
        answers(0, 500, 52);
        answers(1, 500, 40);
        answers(1, 200, 12);
        detector.onInterval();
        assertTrue(isEjected(0));
        assertFalse(isEjected(1));
        assertEquals(1, value(ids.enforcedFailurePercentage));
    }

    @Test
    void shouldCountWhomAHealthCheckLetsBack()
    {
        answers(0, 500, 5);
        host(0).clear(HostHealth.FAILED_OUTLIER_CHECK);
        detector.onInterval();
        assertEquals(0, value(ids.active));
    }

    @Test
    void shouldForgetEndpointsThatAreGoneAndAllAtTheEnd()
    {
        answers(9, 500, 5);
        endpoints(8);
        detector.onInterval();
        assertEquals(0, value(ids.active));
        answers(0, 500, 5);
        detector.stop();
        assertFalse(isEjected(0));
        assertEquals(0, value(ids.active));
    }
}
