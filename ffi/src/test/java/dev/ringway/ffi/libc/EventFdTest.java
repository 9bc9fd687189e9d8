package dev.ringway.ffi.libc;

import dev.ringway.ffi.FdLeakCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.junit.jupiter.api.Assertions.assertEquals;

@ExtendWith(FdLeakCheck.class)
final class EventFdTest
{
    @Test
    void shouldTakeWhatOtherThreadsSignalled() throws InterruptedException
    {
        try (EventFd event = EventFd.open())
        {
            assertEquals(-Errno.EAGAIN, event.take());
            final Thread[] threads = new Thread[4];
            for (int i = 0; i < threads.length; i++)
            {
                threads[i] = new Thread(event::signal);
                threads[i].start();
            }
            for (final Thread thread : threads)
            {
                thread.join();
            }
            assertEquals(threads.length, event.take());
            assertEquals(-Errno.EAGAIN, event.take());
        }
    }
}
