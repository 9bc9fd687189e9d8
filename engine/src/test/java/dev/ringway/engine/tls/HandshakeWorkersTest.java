package dev.ringway.engine.tls;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(180)
final class HandshakeWorkersTest
{
    private static final int CAPACITY = 256;

    private final TlsContext context = TlsFixture.build(TlsFixture.client());
    private final TlsEngines engines = new TlsEngines();
    private final TlsEngine engine = engines.open(context, null, null, 0);
    private final HandshakeWorkers workers = new HandshakeWorkers(1);
    private final BlockingQueue<HandshakeStep> made = new LinkedBlockingQueue<>();

    @AfterEach
    void tearDown()
    {
        workers.close();
        engines.close(engine);
        assertEquals(1, context.references());
        context.release();
    }

    @Test
    void shouldMakeAStepAndGiveWhatThePeerIsToBeSent() throws Exception
    {
        final HandshakeStep step = new HandshakeStep();
        step.begin(engine, 0, 0, made::add);
        assertTrue(workers.offer(step));
        assertNotNull(made.poll(30, TimeUnit.SECONDS));
        assertEquals(TlsEngine.NEEDS_INPUT, step.code());
        assertEquals(0, step.restLength());
        assertEquals(22, step.output().getByte(0), "type of a record with a handshake message");
        assertEquals(5 + (step.output().getShort(3, java.nio.ByteOrder.BIG_ENDIAN) & 0xFFFF), step.outputLength());
    }

    @Test
    void shouldAskTheWayBackUntilItIsOpen() throws Exception
    {
        final HandshakeStep step = new HandshakeStep();
        final List<HandshakeStep> refused = new ArrayList<>();
        step.begin(engine, 0, 0, back -> refused.size() == 3 ? made.add(back) : !refused.add(back));
        assertTrue(workers.offer(step));
        assertNotNull(made.poll(30, TimeUnit.SECONDS));
        assertEquals(3, refused.size());
    }

    @Test
    void shouldRefuseStepsThatFindNoRoomAndMakeAllOthers() throws Exception
    {
        final CountDownLatch isRunning = new CountDownLatch(1);
        final CountDownLatch mayGoOn = new CountDownLatch(1);
        final HandshakeStep first = new HandshakeStep();
        first.begin(engine, 0, 0, back ->
        {
            isRunning.countDown();
            return mayGoOn.getCount() == 0 && made.add(back);
        });
        assertTrue(workers.offer(first));
        assertTrue(isRunning.await(30, TimeUnit.SECONDS));
        for (int i = 0; i < CAPACITY; i++)
        {
            final HandshakeStep step = new HandshakeStep();
            step.begin(engine, 0, 0, made::add);
            assertTrue(workers.offer(step));
        }
        final HandshakeStep last = new HandshakeStep();
        last.begin(engine, 0, 0, made::add);
        assertFalse(workers.offer(last));
        mayGoOn.countDown();
        for (int i = 0; i <= CAPACITY; i++)
        {
            assertNotNull(made.poll(30, TimeUnit.SECONDS));
        }
        last.begin(engine, 0, 0, made::add);
        assertTrue(workers.offer(last));
        assertNotNull(made.poll(30, TimeUnit.SECONDS));
    }
}
