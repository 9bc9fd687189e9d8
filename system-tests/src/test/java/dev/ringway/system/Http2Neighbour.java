package dev.ringway.system;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** A well-behaved client that asks again and again on its own connection while others attack the same listener. */
final class Http2Neighbour
{
    /** With the first 65,535 bytes as much as a window can be. */
    private static final int WINDOW = 0x7fff_0000;

    private final Http2Client client;
    private final Thread thread;
    private final Semaphore answers = new Semaphore(0);
    private volatile boolean isStopped;
    private volatile Throwable failure;

    Http2Neighbour(final int port) throws Exception
    {
        client = Http2Client.open(port).window(0, WINDOW);
        thread = Thread.ofPlatform().daemon().name("neighbour").start(this::ask);
    }

    private void ask()
    {
        try
        {
            while (!isStopped)
            {
                final Http2Answer answer = client.get("/neighbour");
                assertEquals(200, answer.status());
                assertEquals("ok", answer.text());
                answers.release();
            }
        }
        catch (final Exception | AssertionError e)
        {
            failure = e;
            answers.release(Integer.MAX_VALUE / 2);
        }
    }

    /** Waits for answers to requests that begin from now on. */
    void awaitMore(final int count) throws InterruptedException
    {
        answers.drainPermits();
        if (!answers.tryAcquire(count + 1, Patience.S, TimeUnit.SECONDS))
        {
            throw new AssertionError("the neighbour has no answer for " + Patience.S + " s");
        }
        if (failure != null)
        {
            throw new AssertionError("the neighbour suffered", failure);
        }
    }

    /** Fails when any of its requests did. */
    void stop() throws Exception
    {
        try
        {
            awaitMore(2);
        }
        finally
        {
            isStopped = true;
            thread.join(TimeUnit.SECONDS.toMillis(Patience.S));
            client.close();
        }
        if (failure != null)
        {
            throw new AssertionError("the neighbour suffered", failure);
        }
    }
}
