package dev.ringway.engine.runtime;

import dev.ringway.engine.route.RetryOn;
import dev.ringway.engine.route.RetryPolicy;
import dev.ringway.engine.route.RetryPolicy.RetryBackoff;
import dev.ringway.engine.snapshot.Thresholds;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * As {@link HttpFaultRingTest}, with endpoints that refuse, close and reset, so that requests with and without content
 * are sent again and again.
 */
final class RetryFaultRingTest
{
    private static final long STREAM_IDLE_NS = 2_000_000_000L;
    private static final RetryPolicy POLICY = new RetryPolicy(RetryOn.SERVER_ERROR, 30, new int[0], List.of(), List.of(),
        new RetryBackoff(1_000_000, 2_000_000, List.of(), 1_000_000_000), 0, 0, false, 1, 1 << 20, true, true);

    private final AtomicInteger requests = new AtomicInteger();

    private void serve(final TestBackend.Link link) throws Exception
    {
        for (HttpMessage request = link.read(); request != null; request = link.read())
        {
            switch (requests.getAndIncrement() % 7)
            {
                case 0 -> link.write("HTTP/1.1 503 No\r\ncontent-length: 4\r\n\r\nbusy");
                case 2 -> link.write("HTTP/1.1 500 No\r\ntransfer-encoding: chunked\r\n\r\n4\r\nbusy\r\n");
                case 4 ->
                {
                    return;
                }
                case 6 ->
                {
                    link.reset();
                    return;
                }
                default -> link.write(HttpFaultRingTest.answer(request));
            }
        }
    }

    private void run(final long seed, final boolean isFailing, final int sqEntries, final int cqEntries)
        throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(this::serve))
        {
            final TestProxy settings = HttpFaultRingTest.settings(backend);
            settings.http.retry = POLICY;
            settings.breakers = TestProxy.of(new Thresholds(1024, 1024, 1024, 1024, null));
            if (isFailing)
            {
                // Where all tries are used up, an answer that never ends goes to the client.
                settings.http.streamIdleNs = STREAM_IDLE_NS;
            }
            HttpFaultRingTest.run(settings, seed, isFailing, sqEntries, cqEntries);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {51, 52, 53, 54, 55, 56})
    void shouldAnswerAllWhenCompletionsAreLateCancelledAndStarved(final long seed) throws Exception
    {
        run(seed, false, FaultRig.SQ_ENTRIES, FaultRig.CQ_ENTRIES);
    }

    @ParameterizedTest
    @ValueSource(longs = {61, 62, 63, 64, 65, 66})
    void shouldLeakNothingWhenAnyStepFails(final long seed) throws Exception
    {
        run(seed, true, FaultRig.SQ_ENTRIES, FaultRig.CQ_ENTRIES);
    }

    @ParameterizedTest
    @ValueSource(longs = {71, 72})
    void shouldAnswerAllThroughARingThatIsAlwaysFull(final long seed) throws Exception
    {
        run(seed, false, 4, 8);
    }
}
